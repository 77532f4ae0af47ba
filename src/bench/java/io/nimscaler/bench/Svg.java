package io.nimscaler.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Plots without a library: plain SVG that also reads on a dark page. */
final class Svg {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 320;
    private static final int LEFT = 50;
    private static final int TOP = 40;
    private static final int BOTTOM = 40;
    private static final int MOST_TICKS = 6;
    private static final double ROUNDING = 1e-9;
    private static final List<String> COLOURS =
            List.of("#d62728", "#ff7f0e", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#7f7f7f");

    private Svg() {}

    /** Points of one rule. */
    record SampleLine(String name, List<double[]> points) {}

    /** Replicas wanted and ready, those that the load needs, and the share of late requests, over hours. */
    static String course(String title, Course course) {
        List<double[]> points = course.points();
        double hours = points.getLast()[0];
        double most = roundedUp(points.stream()
                .mapToDouble(point -> Math.max(point[1], point[3]))
                .max()
                .orElse(1));
        StringBuilder svg = begin(title, "hours", "replicas", hours, most);
        for (double[] point : points) {
            if (point[4] > .01) {
                double x = x(point[0], hours);
                svg.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%d\" width=\"%.2f\" height=\"%.1f\" fill=\"#d62728\" opacity=\".35\"/>%n",
                        x,
                        TOP,
                        Math.max(.5, (WIDTH - LEFT - 20.0) / points.size()),
                        point[4] * (HEIGHT - TOP - BOTTOM)));
            }
        }
        line(svg, points, 3, "#7f7f7f", hours, most);
        line(svg, points, 2, "#2ca02c", hours, most);
        line(svg, points, 1, "#1f77b4", hours, most);
        legend(
                svg,
                List.of("wanted", "ready", "needed", "share of late requests, from above"),
                List.of("#1f77b4", "#2ca02c", "#7f7f7f", "#d62728"));
        return svg.append("</svg>\n").toString();
    }

    static String scatter(String xName, String yName, List<SampleLine> all, double mostX, double mostY) {
        StringBuilder svg = begin("Training days, each setting a point", xName, yName, mostX, mostY);
        for (int i = 0; i < all.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            for (double[] point : all.get(i).points()) {
                if (point[0] <= mostX && point[1] <= mostY) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n",
                            x(point[0], mostX),
                            y(point[1], mostY),
                            colour));
                }
            }
        }
        legend(svg, all.stream().map(SampleLine::name).toList(), COLOURS);
        return svg.append("</svg>\n").toString();
    }

    /** Points joined in their order, from 0 to the most of each axis. */
    static String lines(
            String title, String xName, String yName, List<SampleLine> all, double mostX, double highest) {
        double mostY = roundedUp(highest);
        StringBuilder svg = begin(title, xName, yName, mostX, mostY);
        for (int i = 0; i < all.size(); i++) {
            svg.append("<polyline fill=\"none\" stroke=\"")
                    .append(COLOURS.get(i % COLOURS.size()))
                    .append("\" points=\"");
            for (double[] point : all.get(i).points()) {
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0], mostX), y(point[1], mostY)));
            }
            svg.append("\"/>\n");
        }
        legend(svg, all.stream().map(SampleLine::name).toList(), COLOURS);
        return svg.append("</svg>\n").toString();
    }

    private static StringBuilder begin(String title, String xName, String yName, double mostX, double mostY) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n"
                        + "<text x=\"%d\" y=\"16\" font-size=\"13\">%s</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                title));
        for (double tick : ticks(mostX)) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(tick, mostX),
                    HEIGHT - BOTTOM + 15,
                    label(tick, mostX)));
        }
        for (double tick : ticks(mostY)) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>"
                            + "<line x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\" stroke=\"#ddd\"/>%n",
                    LEFT - 5,
                    y(tick, mostY) + 4,
                    label(tick, mostY),
                    LEFT,
                    WIDTH - 20,
                    y(tick, mostY),
                    y(tick, mostY)));
        }
        return svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><text x=\"4\" y=\"30\">%s</text>%n",
                WIDTH - 20,
                HEIGHT - 8,
                xName,
                yName));
    }

    /** 1, 2 or 5 times a power of ten, so that an axis has 6 of them at most beside 0. */
    private static double betweenTicks(double most) {
        double least = most / MOST_TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(times -> times * power)
                .filter(one -> one >= least * (1 - ROUNDING))
                .findFirst()
                .orElseThrow();
    }

    private static double[] ticks(double most) {
        double between = betweenTicks(most);
        return IntStream.rangeClosed(0, (int) (most / between + ROUNDING))
                .mapToDouble(i -> i * between)
                .toArray();
    }

    /** An axis that ends with a tick. */
    private static double roundedUp(double most) {
        double between = betweenTicks(most);
        return between * Math.ceil(most / between - ROUNDING);
    }

    private static String label(double tick, double most) {
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(betweenTicks(most)) + ROUNDING));
        return tick == 0 ? "0" : String.format(Locale.ROOT, "%,." + decimals + "f", tick);
    }

    private static void legend(StringBuilder svg, List<String> names, List<String> colours) {
        int x = LEFT + 20;
        int y = 30;
        for (int i = 0; i < names.size(); i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%d\" cy=\"%d\" r=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>%n",
                    x,
                    y - 4,
                    colours.get(i % colours.size()),
                    x + 8,
                    y,
                    names.get(i)));
            x += 26 + 6 * names.get(i).length();
            if (x > WIDTH - 200) {
                x = LEFT + 20;
                y += 14;
            }
        }
    }

    private static void line(StringBuilder svg, List<double[]> points, int column, String colour, double mostX, double mostY) {
        svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" points=\"");
        double last = Double.NaN;
        double before = 0;
        for (double[] point : points) {
            if (point[column] != last) {
                if (!Double.isNaN(last)) {
                    // Replicas change at a moment, the load between two
                    double until = column < 3 ? point[0] : before;
                    svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(until, mostX), y(last, mostY)));
                }
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0], mostX), y(point[column], mostY)));
                last = point[column];
            }
            before = point[0];
        }
        svg.append(String.format(Locale.ROOT, "%.1f,%.1f\"/>%n", x(mostX, mostX), y(last, mostY)));
    }

    private static double x(double value, double most) {
        return LEFT + (WIDTH - LEFT - 20) * value / most;
    }

    private static double y(double value, double most) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
    }
}
