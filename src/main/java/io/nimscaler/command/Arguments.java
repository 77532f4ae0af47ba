package io.nimscaler.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a command: files, and values by key. An argument like {@code KEY=VALUE} is a value. Write a file with such a
 * name as {@code ./KEY=VALUE}.
 */
record Arguments(List<Path> files, Map<String, String> values) {

    static Arguments of(List<String> arguments) {
        List<Path> files = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            if (argument.matches("(?s)[A-Za-z][A-Za-z0-9_.-]*=.*")) {
                String key = argument.substring(0, argument.indexOf('='));
                if (values.put(key, argument.substring(key.length() + 1)) != null) {
                    throw new UnreadableException(key + ": expected it once");
                }
            } else {
                files.add(Path.of(argument));
            }
        }
        if (files.isEmpty()) {
            throw new UnreadableException("expected a file: a recording, or a history of the scaler's directory");
        }
        return new Arguments(List.copyOf(files), values);
    }
}
