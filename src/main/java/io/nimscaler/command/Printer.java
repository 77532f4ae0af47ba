package io.nimscaler.command;

import io.nimscaler.replay.Advice;
import io.nimscaler.replay.FleetHistory;
import io.nimscaler.replay.OpenLoop;
import io.nimscaler.replay.Outcome;
import io.nimscaler.replay.Question;
import io.nimscaler.replay.ScaledObjectLines;
import io.nimscaler.replay.Texts;
import io.nimscaler.replay.WhatIf;
import io.nimscaler.scaler.ScaledObjectId;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Answers as a text for a terminal. */
final class Printer {

    private final PrintWriter out;

    Printer(PrintWriter out) {
        this.out = out;
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    void begin(FleetHistory history) {
        ScaledObjectId id = history.id().scaledObject();
        line(
                "%s %s, %s%s",
                id,
                history.id().name(),
                history.trigger().signal().name(),
                history.id().shadow() ? " (shadow)" : "");
        if (!history.parts().isEmpty()) {
            line(
                    "%s known, from %s to %s",
                    Texts.length(history.observed()),
                    Instant.ofEpochSecond(history.parts().getFirst().from()),
                    Instant.ofEpochSecond(history.parts().getLast().from()
                            + history.parts().getLast().seconds()));
        }
    }

    void warnings(List<String> warnings) {
        warnings.forEach(warning -> line("warning: %s", warning));
    }

    void openLoop(OpenLoop answer) {
        line("");
        line(
                "On the fleet that there was (open loop): what the HPA would make of the answers, before its minimum and maximum");
        asked("was", answer.present());
        asked("other", answer.other());
        line("  %d of %d decisions differ", answer.differing(), answer.decisions());
        if (answer.fromTheBeginning()) {
            line(
                    "  It begins with empty windows: no state was recorded, so no replica is removed before they are full.");
        }
    }

    private void asked(String name, OpenLoop.Asked asked) {
        if (asked.mean().isEmpty()) {
            line("  %-6s nothing", name);
            return;
        }
        line(
                "  %-6s %s replicas on average, %d to %d%s",
                name,
                Texts.number(asked.mean().getAsDouble(), 2),
                asked.fewest().orElse(0),
                asked.most().orElse(0),
                asked.unknownTime() > 0 ? ", unknown for " + Texts.percent(asked.unknownTime(), 1) : "");
    }

    void noClosedLoop(String why) {
        line("");
        line("On a fleet of its own (closed loop): no answer. %s", why);
    }

    void closedLoop(WhatIf answer, Question question) {
        line("");
        line("On a fleet of its own (closed loop)");
        table(question.settings().pricePerReplicaHour());
        row("was", answer.was(), question.settings().pricePerReplicaHour());
        predicted("model of it", answer.present(), question);
        predicted("model of other", answer.other(), question);
        row("perfect", answer.perfect(), question.settings().pricePerReplicaHour());
        trust(answer.saturatedTime(), answer.bracketOpen(), answer.assumed());
    }

    private void predicted(String name, WhatIf.Prediction prediction, Question question) {
        row(name, prediction.outcome(), question.settings().pricePerReplicaHour());
        prediction
                .atMost()
                .ifPresent(most -> row("  at most", most, question.settings().pricePerReplicaHour()));
    }

    private void table(OptionalDouble price) {
        line(
                "  %-16s %13s %12s %12s %9s %8s %9s%s",
                "",
                "replica-hours",
                "overloaded",
                "of demand",
                "longest",
                "changes",
                "replicas",
                price.isPresent() ? "  cost a month" : "");
    }

    private void row(String name, Outcome outcome, OptionalDouble price) {
        line(
                "  %-16s %13s %12s %12s %9s %8d %9s%s",
                name,
                Texts.number(outcome.replicaHours(), 1),
                Texts.percent(outcome.overloadedTime(), 2),
                Texts.percent(outcome.overloadedDemand(), 2),
                Texts.length(Duration.ofSeconds(outcome.longestOverloadSeconds())),
                outcome.scaleEvents(),
                outcome.fewest() + "–" + outcome.most(),
                price.isPresent() ? "  " + Texts.number(Advice.perMonth(outcome, price.getAsDouble()), 0) : "");
    }

    private void trust(double saturatedTime, boolean open, List<String> assumed) {
        line("");
        if (saturatedTime > 0) {
            line(
                    "  Full for %s of the time: the demand may have been more than was seen%s.",
                    Texts.percent(saturatedTime, 1),
                    open
                            ? ", and in some of it nothing bounds it from above"
                            : "; \"at most\" goes by what was seen before and after");
        }
        assumed.forEach(text -> line("  Assumed: %s.", text));
        line("  Left out: %s.", String.join("; ", WhatIf.LEFT_OUT));
    }

    void advice(Advice advice) {
        OptionalDouble price = advice.settings().pricePerReplicaHour();
        line(
                "%d settings tried; overloaded for at most %s of the time is allowed",
                advice.tried().size(), Texts.percent(advice.allowed(), 2));
        line("");
        table(price);
        row("was", advice.was(), price);
        row("present", advice.present().outcome(), price);
        advice.advised().ifPresent(one -> row("advised", one.outcome(), price));
        row("perfect", advice.perfect(), price);
        spread("present", advice.present().outcome());
        advice.advised().ifPresent(one -> spread("advised", one.outcome()));
        line("");
        advice.reasons().forEach(reason -> line("  %s.", reason));
        Optional<ScaledObjectLines> lines = advice.lines();
        if (lines.isEmpty()) {
            line("No advice.");
        } else {
            line("");
            line("Try it beside the present one first, KEDA is not told of it (src/docs/shadow.md):");
            line("");
            out.print(lines.get().shadow().indent(2));
            line("");
            line("Then change the ScaledObject:");
            line("");
            out.print(lines.get().reported().indent(2));
        }
        trust(advice.saturatedTime(), false, advice.settings().assumed());
    }

    private void spread(String name, Outcome outcome) {
        outcome.spread()
                .ifPresent(spread -> line(
                        "  %s: 90 %% of draws of its days are within %s to %s replica-hours and %s to %s overloaded",
                        name,
                        Texts.number(spread.replicaHours().low(), 1),
                        Texts.number(spread.replicaHours().high(), 1),
                        Texts.percent(spread.overloadedTime().low(), 2),
                        Texts.percent(spread.overloadedTime().high(), 2)));
    }
}
