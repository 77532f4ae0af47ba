package io.nimscaler.scrape;

/**
 * How many bytes of lines are kept of all bodies that are being read at the same time. Bodies of an ordinary length go on when
 * others have taken too much, up to twice the bound in all. Belongs to the owner's event loop.
 */
final class KeptBytes {

    /** In memory about six times as much. */
    static final int MOST = 4 << 20;

    /** What one engine's histograms and gauges have, several times. */
    static final int ORDINARY = 64 << 10;

    private long all;

    /** What one body has of it. */
    final class Share {

        private int bytes;

        /** Whether it may go on with so many bytes kept. */
        boolean grow(int kept) {
            all += kept - bytes;
            bytes = kept;
            return all <= (kept <= ORDINARY ? 2 * MOST : MOST);
        }

        /** The body is read, or given up. */
        void release() {
            all -= bytes;
            bytes = 0;
        }
    }

    Share share() {
        return new Share();
    }
}
