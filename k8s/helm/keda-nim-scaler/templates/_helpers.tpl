{{/* The name of all objects. It is the host's first label in scalerAddress. */}}
{{- define "scaler.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains "keda-nim-scaler" .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-keda-nim-scaler" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "scaler.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "scaler.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* app.kubernetes.io/name is the full name: two releases in one namespace must not share pods. */}}
{{- define "scaler.selectorLabels" -}}
app.kubernetes.io/name: {{ include "scaler.fullname" . }}
{{- end -}}

{{- define "scaler.labels" -}}
{{ include "scaler.selectorLabels" . }}
{{ include "scaler.otherLabels" . }}
{{- end -}}

{{- define "scaler.otherLabels" -}}
app.kubernetes.io/component: external-scaler
app.kubernetes.io/part-of: keda-nim-scaler
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "scaler.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* A class is an object of the cluster, and whoever watches some namespaces only may have no right to make one. */}}
{{- define "scaler.ownsPriorityClass" -}}
{{- if and .Values.priorityClass.create (not .Values.priorityClassName) (not .Values.watchNamespaces) -}}
true
{{- end -}}
{{- end -}}

{{- define "scaler.priorityClass" -}}
{{- .Values.priorityClassName | default (ternary (include "scaler.fullname" .) "" (eq (include "scaler.ownsPriorityClass" .) "true")) -}}
{{- end -}}

{{- define "scaler.tlsSecret" -}}
{{- .Values.tls.secretName | default (printf "%s-tls" (include "scaler.fullname" .)) -}}
{{- end -}}

{{/* A setting's name as an environment variable: scrape.max-body-size becomes NIM_SCALER_SCRAPE_MAX_BODY_SIZE. */}}
{{- define "scaler.variable" -}}
NIM_SCALER_{{ regexReplaceAll "[^A-Za-z0-9]" . "_" | upper }}
{{- end -}}

{{/* What settings are called in camel case in the values, and in kebab case by the scaler. */}}
{{- define "scaler.envOf" -}}
{{- $prefix := .prefix -}}
{{- range $key, $value := .values }}
- name: {{ include "scaler.variable" (printf "%s.%s" $prefix (kebabcase $key)) }}
  value: {{ (kindIs "slice" $value) | ternary (join "," (kindIs "slice" $value | ternary $value list)) (toString $value) | quote }}
{{- end }}
{{- end -}}

{{- define "scaler.env" -}}
{{- $root := . -}}
{{- $name := include "scaler.fullname" . -}}
{{- if ne $name "keda-nim-scaler" }}
- name: NIM_SCALER_KUBERNETES_SERVICE_NAMES
  value: {{ $name }}
{{- end }}
{{- with .Values.watchNamespaces }}
- name: NIM_SCALER_KUBERNETES_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.history.enabled }}
- name: NIM_SCALER_HISTORY_DIRECTORY
  value: /var/lib/keda-nim-scaler/history
{{- end }}
{{- if .Values.gpuExporters.enabled }}
- name: NIM_SCALER_GPU_EXPORTERS_NAMESPACE
  value: {{ .Values.gpuExporters.namespace }}
{{- end }}
{{- if not .Values.api.enabled }}
- name: NIM_SCALER_API_ENABLED
  value: "false"
{{- end }}
{{- if .Values.api.usersSecret }}
- name: NIM_SCALER_API_USERS_FILE
  value: /etc/keda-nim-scaler/users/users
{{- end }}
{{- if .Values.tls.enabled }}
- name: NIM_SCALER_GRPC_TLS_CERTIFICATE
  value: /etc/keda-nim-scaler/tls/tls.crt
- name: NIM_SCALER_GRPC_TLS_KEY
  value: /etc/keda-nim-scaler/tls/tls.key
{{- if .Values.tls.clientCertificates }}
- name: NIM_SCALER_GRPC_TLS_CLIENT_CA
  value: /etc/keda-nim-scaler/tls/ca.crt
{{- with .Values.tls.clientIdentities }}
- name: NIM_SCALER_GRPC_CLIENT_IDENTITIES
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- range $auth, $of := .Values.podAuth }}
{{- $folder := printf "/etc/keda-nim-scaler/pod-auth/%s" $auth }}
{{- $values := dict "namespaces" $of.namespaces }}
{{- range $key, $setting := dict "caKey" "ca" "tokenKey" "tokenFile" "clientCertificateKey" "clientCertificate" "clientKeyKey" "clientKey" }}
{{- with index $of $key }}{{ $_ := set $values $setting (printf "%s/%s" $folder .) }}{{ end }}
{{- end }}
{{- range $key := list "serverName" "tokenOverHttp" }}
{{- if hasKey $of $key }}{{ $_ := set $values $key (index $of $key) }}{{ end }}
{{- end }}
{{- include "scaler.envOf" (dict "prefix" (printf "pods.auth.%s" $auth) "values" $values) }}
{{- end }}
{{- range $source, $of := .Values.wakeSources }}
{{- include "scaler.envOf" (dict "prefix" (printf "wake-sources.%s" $source) "values" $of) }}
{{- end }}
{{- range $key, $value := .Values.settings }}
- name: {{ include "scaler.variable" $key }}
  value: {{ toString $value | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The rules of the base's ClusterRole, which is read from there, and those for other kinds of scale target. */}}
{{- define "scaler.rules" -}}
{{- $role := .Files.Get "files/cluster-role.yaml" | fromYaml -}}
{{ toYaml $role.rules }}
{{- range .Values.scaleTargets }}
- apiGroups: [{{ .apiGroup }}]
  resources: [{{ .resource }}/scale]
  verbs: [get]
{{- end }}
{{- if .Values.rbac.readHpas }}
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get]
{{- end }}
{{- end -}}

{{- define "scaler.subjects" -}}
- kind: ServiceAccount
  name: {{ include "scaler.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
