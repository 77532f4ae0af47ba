// The Grafana dashboard of k8s/monitoring against Grafana's own schema: its SDK is generated from it and knows each panel's options.
package monitoring

import (
	"os"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const file = "../../../k8s/monitoring/grafana-dashboard.json"

func read(t *testing.T, raw []byte) string {
	t.Helper()
	var read dashboard.Dashboard
	// A nil BuildErrors comes as an error that is not nil.
	if err := read.UnmarshalJSONStrict(raw); err != nil && err.Error() != "" {
		return err.Error()
	}
	if err := read.Validate(); err != nil {
		return err.Error()
	}
	return ""
}

func TestDashboardIsOfGrafanasSchema(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := read(t, raw); wrong != "" {
		t.Error(wrong)
	}
}

func TestSchemaRefusesWhatItDoesNotKnow(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for _, raw := range []string{
		`{"panels": [{"type": "timeseries", "options": {"legnd": {}}}]}`,
		`{"panels": [{"type": "stat", "gridPos": {"x": "0"}}]}`,
		`{"schemaVersion": 39, "pannels": []}`,
	} {
		if read(t, []byte(raw)) == "" {
			t.Errorf("accepted: %s", raw)
		}
	}
}
