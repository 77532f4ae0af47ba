package io.nimscaler.command;

import io.nimscaler.history.MinuteStretch;
import io.nimscaler.history.Recording;
import io.nimscaler.replay.Advice;
import io.nimscaler.replay.FleetHistory;
import io.nimscaler.replay.OpenLoop;
import io.nimscaler.replay.Question;
import io.nimscaler.replay.Stop;
import io.nimscaler.replay.UnusableException;
import io.nimscaler.replay.WhatIf;
import io.nimscaler.scaler.TriggerId;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The commands {@code replay} and {@code advise}. They run before anything of the server: they open no port, ask no API server
 * and read no setting. picocli gets its own model of them, which needs no reflection. Quarkus's way of giving it would start the
 * server first.
 */
public final class Commands {

    private static final int WRONG = 1;

    private static final String ARGUMENTS =
            "FILE: a recording (…/recording) or a history of the scaler's directory. KEY=VALUE: a key of the trigger's"
                    + " metadata, or one of the fleet's, such as minReplicaCount; src/docs/what-if.md names them all.";

    private Commands() {}

    /**
     * Runs what the arguments say.
     *
     * @return the exit code: 0, 1 where the question can not be answered, 2 where the arguments are none
     */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandSpec root = CommandSpec.create()
                .name("keda-nim-scaler")
                .addSubcommand("replay", command("What would have been with other settings.", Commands::replay))
                .addSubcommand("advise", command("Which settings to take.", Commands::advise));
        root.usageMessage()
                .description(
                        "Without arguments it serves. With a command it answers and ends, and starts nothing else.");
        root.mixinStandardHelpOptions(false).addOption(help());
        CommandLine line =
                new CommandLine(root).setOut(out).setErr(err).setExecutionStrategy(result -> execute(result, out, err));
        return line.execute(arguments);
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Shows this help.")
                .build();
    }

    private static CommandSpec command(String description, BiFunction<Arguments, Printer, Integer> command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command)
                .addOption(help())
                .addPositional(PositionalParamSpec.builder()
                        .paramLabel("FILE|KEY=VALUE")
                        .arity("1..*")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .description(ARGUMENTS)
                        .build());
        spec.usageMessage().description(description);
        return spec;
    }

    @SuppressWarnings("unchecked")
    private static int execute(ParseResult parsed, PrintWriter out, PrintWriter err) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        if (!parsed.hasSubcommand()) {
            err.println("expected a command: replay or advise; without arguments it serves");
            return CommandLine.ExitCode.USAGE;
        }
        ParseResult command = parsed.subcommand();
        List<String> given = command.matchedPositionalValue(0, List.<String>of());
        try {
            var run = (BiFunction<Arguments, Printer, Integer>)
                    command.commandSpec().userObject();
            return run.apply(Arguments.of(given), new Printer(out));
        } catch (UnreadableException | UnusableException e) {
            err.println(e.getMessage());
            return WRONG;
        }
    }

    private static int replay(Arguments arguments, Printer printer) {
        RecordedFiles files = RecordedFiles.read(arguments.files());
        for (Map.Entry<TriggerId, FleetHistory> one :
                asked(histories(files), arguments).entrySet()) {
            FleetHistory history = one.getValue();
            Question question = Question.of(history, arguments.values());
            printer.begin(history);
            printer.warnings(question.warnings());
            List<Recording> recordings = files.recordings().getOrDefault(one.getKey(), List.of());
            printer.openLoop(
                    recordings.isEmpty()
                            ? OpenLoop.of(history, question.trigger(), Stop.never())
                            : OpenLoop.of(recordings, question.trigger(), Stop.never()));
            try {
                printer.closedLoop(WhatIf.of(history, question, Stop.never()), question);
            } catch (UnusableException e) {
                printer.noClosedLoop(e.reason());
            }
        }
        return 0;
    }

    private static int advise(Arguments arguments, Printer printer) {
        RecordedFiles files = RecordedFiles.read(arguments.files());
        Map<TriggerId, FleetHistory> all = histories(files);
        for (FleetHistory history : asked(all, arguments).values()) {
            List<FleetHistory> others = all.values().stream()
                    .filter(one -> one.id().scaledObject().equals(history.id().scaledObject()))
                    .toList();
            printer.begin(history);
            printer.advice(Advice.of(history, others, Question.of(history, arguments.values()), Stop.never()));
        }
        return 0;
    }

    private static Map<TriggerId, FleetHistory> histories(RecordedFiles files) {
        Map<TriggerId, FleetHistory> all = new LinkedHashMap<>();
        files.recordings().forEach((id, recordings) -> all.put(id, FleetHistory.of(recordings)));
        for (Map.Entry<TriggerId, List<MinuteStretch>> entry : files.minutes().entrySet()) {
            all.putIfAbsent(entry.getKey(), FleetHistory.ofMinutes(entry.getValue()));
        }
        return all;
    }

    /** Those whose signal is asked for, the shadows among them; without a {@code metric} those that are reported. */
    private static Map<TriggerId, FleetHistory> asked(Map<TriggerId, FleetHistory> all, Arguments arguments) {
        Optional<String> metric = Optional.ofNullable(arguments.values().get("metric"));
        Map<TriggerId, FleetHistory> chosen = new LinkedHashMap<>(all);
        chosen.entrySet()
                .removeIf(entry -> metric.isPresent()
                        ? !entry.getValue().trigger().signal().name().equals(metric.get())
                        : entry.getKey().shadow());
        if (chosen.isEmpty()) {
            List<String> there = new ArrayList<>();
            all.forEach((id, history) -> there.add(
                    id.scaledObject() + " " + history.trigger().signal().name()));
            throw new UnusableException("metric = \"" + metric.orElse("") + "\": expected one that was recorded: "
                    + String.join(", ", there));
        }
        return chosen;
    }
}
