package io.nimscaler.exposition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body after the other: {@link #read} its chunks, which may be split anywhere, then {@link #finish}.
 *
 * <p>It cuts chunks into lines and keeps the limits. {@link LineParser} parses a line. A line within one chunk is read where it
 * is. Only a line that two chunks share is copied. The result does not depend on where the chunks were split.
 *
 * <p>Not thread-safe. Never throws because of content.
 */
public final class ExpositionReader {
    private static final byte[] NOTHING = {};

    private final MetricNames wanted;
    private final ReadLimits limits;
    private final MetricTypes types;
    private final LineParser parser;
    private final Survey survey = new Survey();
    private final List<SampleLine> series = new ArrayList<>();

    /** The line that is still open at the end of a chunk, as far as the limit allows; its length is the whole one. */
    private byte[] open = NOTHING;

    private int openLength;
    private int bytes;
    private int keptBytes;
    private int keptLabels;
    private int line = 1;
    private Exposition.@Nullable Refused refused;

    /** Of bodies in the text format. */
    public ExpositionReader(MetricNames wanted, ReadLimits limits) {
        this(wanted, limits, BodyFormat.TEXT);
    }

    /** Of bodies in a format, with a memo of its own. */
    public ExpositionReader(MetricNames wanted, ReadLimits limits, BodyFormat format) {
        this(wanted, limits, format, new SeriesMemo());
    }

    /**
     * @param memo shared by all readers of this thread
     */
    public ExpositionReader(MetricNames wanted, ReadLimits limits, BodyFormat format, SeriesMemo memo) {
        this.wanted = wanted;
        this.limits = limits;
        types = new MetricTypes(wanted);
        parser = new LineParser(wanted, types, format, limits.labels(), memo);
    }

    /** Reads the next bytes of the body; keeps no reference to the chunk. */
    public void read(byte[] chunk, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, chunk.length);
        int allowed = Math.min(length, limits.bodyBytes() - bytes);
        bytes += allowed;
        if (refused == null) {
            readLines(chunk, offset, offset + allowed);
        }
        if (refused == null && allowed < length) {
            exceed(openLength + 1, "expected a body of at most " + limits.bodyBytes() + " bytes, got more");
        }
    }

    /** Whether the body is already known to be refused, so that the connection may be closed. */
    public boolean isRefused() {
        return refused != null;
    }

    /**
     * Length of what is kept so far: the wanted lines, the names of a survey, and a line that two chunks share. In memory it is several
     * times as large.
     */
    public int keptBytes() {
        return keptBytes + survey.bytes() + Math.min(openLength, open.length);
    }

    /**
     * Ends the body and makes the reader ready for the next one; for a body that broke off, drop the result.
     *
     * <p>The last line needs no newline, as NIM's has none. So the caller must know that the body is complete: what is left
     * of {@code 0.97} may read {@code 0.9}.
     */
    public Exposition finish() {
        if (refused == null && openLength > 0) {
            readLine(open, 0, openLength);
        }
        Exposition exposition = refused != null ? refused : new Exposition.Parsed(series, bytes, contents());
        series.clear();
        types.clear();
        survey.clear();
        openLength = 0;
        bytes = 0;
        keptBytes = 0;
        keptLabels = 0;
        line = 1;
        refused = null;
        return exposition;
    }

    private Contents contents() {
        return wanted.isSurveyed() ? survey.contents() : Contents.NOT_LOOKED_AT;
    }

    private void readLines(byte[] chunk, int from, int to) {
        int start = from;
        if (openLength > 0) {
            int newline = LongBytes.nextNewline(chunk, from, to);
            keepOpen(chunk, from, newline);
            if (newline == to) {
                return;
            }
            readLine(open, 0, openLength);
            openLength = 0;
            line++;
            start = newline + 1;
        }
        while (start < to && refused == null) {
            int newline = LongBytes.nextNewline(chunk, start, to);
            if (newline == to) {
                keepOpen(chunk, start, to);
                return;
            }
            if (wanted.mayBegin(chunk, start, newline)) {
                readLine(chunk, start, newline);
            } else if (wanted.isSurveyed()) {
                survey.note(chunk, start, newline);
            }
            line++;
            start = newline + 1;
        }
    }

    private void keepOpen(byte[] chunk, int from, int to) {
        int copied = Math.min(to - from, limits.lineBytes() - openLength);
        if (copied > 0) {
            int needed = openLength + copied;
            if (needed > open.length) {
                open = Arrays.copyOf(open, Math.max(needed, Math.min(2 * open.length, limits.lineBytes())));
            }
            System.arraycopy(chunk, from, open, openLength, copied);
        }
        openLength += to - from;
    }

    /** Of a line that is too long only what the limit allows is looked at: enough to see whether it is wanted. */
    private void readLine(byte[] bytes, int from, int to) {
        boolean tooLong = to - from > limits.lineBytes();
        boolean carriageReturn = !tooLong && to > from && bytes[to - 1] == '\r';
        int end = tooLong ? from + limits.lineBytes() : carriageReturn ? to - 1 : to;
        if (wanted.isSurveyed()) {
            survey.note(bytes, from, end);
        }
        if (end > from && bytes[from] == '#') {
            types.read(bytes, from, end);
            return;
        }
        switch (parser.parse(bytes, from, end)) {
            case Line.Unwanted _ -> {}
            case Line.Wanted _, Line.Broken _
            when tooLong ->
                exceed(end - from + 1, "expected a line of at most " + limits.lineBytes() + " bytes, got more");
            case Line.Wanted _
            when series.size() == limits.series() ->
                exceed(1, "expected at most " + limits.series() + " series, got more");
            case Line.Wanted _
            when keptBytes + (to - from) > limits.keptBytes() ->
                exceed(1, "expected wanted lines of at most " + limits.keptBytes() + " bytes in all, got more");
            case Line.Wanted(SampleLine sample)
            when keptLabels + sample.labels().size() > limits.keptLabels() ->
                exceed(1, "expected at most " + limits.keptLabels() + " labels in all, got more");
            case Line.Wanted(SampleLine sample) -> {
                keptBytes += to - from;
                keptLabels += sample.labels().size();
                series.add(sample);
            }
            case Line.Broken(int column, String reason, boolean overLimit) when overLimit -> exceed(column, reason);
            case Line.Broken(int column, String reason, boolean _) -> fail(column, reason);
        }
    }

    private void fail(int column, String reason) {
        refused = new Exposition.Malformed(line, column, reason);
    }

    private void exceed(int column, String reason) {
        refused = new Exposition.TooLarge(line, column, reason);
    }
}
