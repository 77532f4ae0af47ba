package io.nimscaler.trigger;

/** The container port that serves metrics. */
public sealed interface PodPort {

    record Numbered(int number) implements PodPort {
        @Override
        public String toString() {
            return Integer.toString(number);
        }
    }

    record Named(String name) implements PodPort {
        @Override
        public String toString() {
            return name;
        }
    }

    static PodPort from(MetadataReader metadata) {
        String text = metadata.text(
                TriggerKey.PORT,
                value -> Grammar.isPortNumber(value) || Grammar.isPortName(value),
                "a port number (1 to 65535) or the name of a container port");
        return Grammar.isPortNumber(text) ? new Numbered(Integer.parseInt(text)) : new Named(text);
    }
}
