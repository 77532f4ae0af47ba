package io.nimscaler.storage;

import io.nimscaler.scaler.TriggerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names of a trigger's folder and of its files, one for each UTC day. Others choose namespaces, names and metrics. So a
 * folder's name has only their letters, digits and hyphens, up to a length, and a hash of all of it that makes the name unique.
 */
final class FileNames {

    private static final int LONGEST_PART = 40;
    private static final int HASH_BYTES = 12;
    private static final Pattern FOLDER = Pattern.compile("[A-Za-z0-9_-]{1,130}_[0-9a-f]{" + 2 * HASH_BYTES + "}");
    private static final String SUFFIX = ".ndjson";
    private static final Pattern FILE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}\\" + SUFFIX);

    private FileNames() {}

    /** For example {@code nim_llm_serving_load_6f0c…}. */
    static String folder(TriggerId trigger) {
        String namespace = trigger.scaledObject().namespace();
        String name = trigger.scaledObject().name();
        // No part can hold what stands between them
        String all = String.join("\0", namespace, name, trigger.name(), trigger.shadow() ? "shadow" : "");
        return safe(namespace) + "_" + safe(name) + "_" + safe(trigger.name()) + "_" + hash(all);
    }

    private static String safe(String part) {
        String letters = part.replaceAll("[^A-Za-z0-9-]", "_");
        return letters.length() > LONGEST_PART ? letters.substring(0, LONGEST_PART) : letters;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether it may be a folder of ours; nothing else is looked into or deleted. */
    static boolean isFolder(String name) {
        return FOLDER.matcher(name).matches();
    }

    static String file(LocalDate day) {
        return day + SUFFIX;
    }

    /** The day of a file; empty: it is none of ours. */
    static Optional<LocalDate> day(String file) {
        try {
            return FILE.matcher(file).matches()
                    ? Optional.of(LocalDate.parse(file.substring(0, file.length() - SUFFIX.length())))
                    : Optional.empty();
        } catch (DateTimeException noDay) {
            return Optional.empty();
        }
    }
}
