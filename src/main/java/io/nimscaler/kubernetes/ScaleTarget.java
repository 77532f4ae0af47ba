package io.nimscaler.kubernetes;

/** The workload that a ScaledObject scales. */
record ScaleTarget(String namespace, String group, String version, String resource, String name) {

    /** Path of its scale subresource. */
    String scalePath() {
        String api = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
        return api + "/namespaces/" + namespace + "/" + resource + "/" + name + "/scale";
    }

    @Override
    public String toString() {
        return resource + (group.isEmpty() ? "" : "." + group) + " " + namespace + "/" + name;
    }
}
