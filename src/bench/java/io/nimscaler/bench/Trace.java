package io.nimscaler.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Public traces of real services, see {@code src/bench/resources/traces/README.md}. */
enum Trace {
    CONVERSATION("azure-conversation"),
    CODE("azure-code"),
    LONG("mooncake-conversation");

    private static final int COLUMNS = 3;

    private final int[][] rows;

    Trace(String file) {
        this.rows = read(file, COLUMNS);
    }

    int size() {
        return rows.length;
    }

    int promptTokens(int row) {
        return Math.max(1, rows[row % rows.length][1]);
    }

    int outputTokens(int row) {
        return Math.max(1, rows[row % rows.length][2]);
    }

    /** How many requests came in each ten seconds. */
    double[] perTenSeconds() {
        int slots = rows[rows.length - 1][0] / 100;
        double[] counts = new double[slots];
        for (int[] row : rows) {
            if (row[0] / 100 < slots) {
                counts[row[0] / 100]++;
            }
        }
        return counts;
    }

    /** Requests a second of 14 days in steps of ten minutes, in tenths. */
    static double[] days() {
        int[][] rows = read("servegen-m-large-days", 2);
        double[] rates = new double[rows.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = rows[i][1] / 10.0;
        }
        return rates;
    }

    private static int[][] read(String file, int columns) {
        List<int[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Trace.class.getResourceAsStream("/traces/" + file + ".csv")),
                StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",");
                int[] row = new int[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = cells[i].contains(".")
                            ? (int) Math.round(Double.parseDouble(cells[i]) * 10)
                            : Integer.parseInt(cells[i]);
                }
                rows.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows.toArray(int[][]::new);
    }
}
