package io.nimscaler.trigger;

import java.util.Locale;
import java.util.regex.Pattern;

/** The form of names, paths and selectors, in metadata, in settings and in a ScaledObject. */
public final class Grammar {

    /** RFC 1123 label: names of namespaces and Services. */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?");

    private static final Pattern HOST_PATTERN = Pattern.compile("\\*|(\\*\\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    /** Prometheus data model: label names. */
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,250}");

    private static final Pattern LABEL_SELECTOR = labelSelector();

    /** What KEDA appends to a key whose value it resolves (keda: pkg/scalers/external_scaler.go). */
    private static final String FROM_ENV = "FromEnv";

    private Grammar() {}

    /** Whether a namespace or a Service can be called so. */
    public static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    /** The same, or {@code *}. */
    public static boolean isLabelOrEvery(String text) {
        return text.equals("*") || isLabel(text);
    }

    /** RFC 1123 subdomain: names of ScaledObjects. */
    public static boolean isSubdomain(String text) {
        return text.length() <= 253
                && Pattern.compile("\\.").splitAsStream(text + ".x").allMatch(Grammar::isLabel);
    }

    /** Whether it may be a DNS name or an IP address. */
    public static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    /** A DNS name, {@code *.NAME} or {@code *}. */
    public static boolean isHostPattern(String text) {
        return HOST_PATTERN.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether a label of a series can be called so. */
    public static boolean isLabelName(String text) {
        return LABEL_NAME.matcher(text).matches();
    }

    /** Whether a setting of the scaler can be called so: an environment variable can hold the name, too. */
    public static boolean isSettingName(String text) {
        return text.matches("[a-z][a-z0-9-]{0,62}");
    }

    /** 1 to 65535, without leading zeros. */
    public static boolean isPortNumber(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65535;
    }

    /** IANA_SVC_NAME, as Kubernetes validates the names of container ports. */
    static boolean isPortName(String text) {
        return text.matches("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?") && text.matches(".*[a-z].*") && !text.contains("--");
    }

    /**
     * A path and query that can only be that (RFC 3986), whoever reads it: no authority, no control character in any writing,
     * nothing that a server might resolve to another path.
     */
    public static boolean isPath(String text) {
        boolean written = text.matches("/([A-Za-z0-9_.~%=&?,:;@+-][A-Za-z0-9/_.~%=&?,:;@+-]{0,1000})?")
                && !text.matches("(?i).*%(?![2-7][0-9a-f]|[89a-f][0-9a-f]).*")
                && !text.matches("(?i).*%(7f|2f|5c).*");
        String path = text.split("\\?", 2)[0].replaceAll("(?i)%2e", ".");
        return written && !path.matches(".*/\\.{1,2}(/.*)?");
    }

    /** Whether the API server would take it (apimachinery: pkg/labels/selector.go); 1024 characters at most. */
    public static boolean isLabelSelector(String text) {
        return text.length() <= 1024 && LABEL_SELECTOR.matcher(text).matches();
    }

    private static Pattern labelSelector() {
        String word = "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";
        String key = "(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?" + word;
        String value = "(?:" + word + ")?";
        String values = " *" + value + "(?: *, *" + value + ")*+ *";
        String requirement = "(?:! *" + key + "|" + key + "(?: *(?:==?|!=) *" + value + "| *[<>] *[0-9]{1,18}"
                + "| +(?:in|notin) *\\(" + values + "\\))?)";
        return Pattern.compile(" *" + requirement + "(?: *, *" + requirement + ")*+ *");
    }

    /** The key that names the environment variable which has the value of {@code key}. */
    static String fromEnv(String key) {
        return key + FROM_ENV;
    }

    /** Whether this key names the environment variable that has the value. */
    static boolean isFromEnv(String key) {
        return key.endsWith(FROM_ENV);
    }

    /** The key as it stands where its value is written beside it. */
    static String withoutFromEnv(String key) {
        return isFromEnv(key) ? key.substring(0, key.length() - FROM_ENV.length()) : key;
    }
}
