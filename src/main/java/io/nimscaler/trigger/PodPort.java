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
}
