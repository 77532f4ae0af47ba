package io.nimscaler.exposition;

/**
 * Bounds on what comes from outside. A body over a bound is {@link Exposition.TooLarge}. Lines of unwanted metrics may have any
 * length, because nothing of them is kept.
 *
 * @param bodyBytes longest body
 * @param lineBytes longest wanted line, and the most that is buffered between two chunks
 * @param labels most labels of one series
 * @param series most series kept of one body
 * @param keptBytes longest wanted lines of one body together: what is kept of them is several times as large in memory
 * @param keptLabels most labels of all series of one body
 */
public record ReadLimits(int bodyBytes, int lineBytes, int labels, int series, int keptBytes, int keptLabels) {

    /** The exporter of a node with 16 GPUs that 48 pods share writes 2,304 lines of 450 bytes with 12 labels; engines a tenth of it. */
    private static final int KEPT_BYTES = 1_500_000;

    private static final int KEPT_LABELS = 32_768;

    /** Far above the largest real bodies (97 kB, lines of 1.1 kB), far below what would hurt. */
    public static final ReadLimits DEFAULT = new ReadLimits(4 << 20, 16 << 10, 64, 4096);

    /** With the bounds by default on what is kept. */
    public ReadLimits(int bodyBytes, int lineBytes, int labels, int series) {
        this(bodyBytes, lineBytes, labels, series, KEPT_BYTES, KEPT_LABELS);
    }

    public ReadLimits {
        require("body-bytes", bodyBytes, 1, 1 << 30);
        require("line-bytes", lineBytes, 1, 1 << 20);
        require("labels", labels, 0, 1024);
        require("series", series, 1, 1 << 20);
        require("kept-bytes", keptBytes, 1, 1 << 30);
        require("kept-labels", keptLabels, 0, 1 << 24);
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " = " + value + ", must be in [" + min + ", " + max + "]");
        }
    }
}
