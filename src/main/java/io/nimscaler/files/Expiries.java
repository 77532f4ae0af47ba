package io.nimscaler.files;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Until when the certificates in use are valid, by the setting that names their file. Thread-safe. */
public final class Expiries {

    private final Map<String, Instant> bySetting = new ConcurrentHashMap<>();

    /** These certificates are in use from now on. */
    public void put(String setting, Instant expiry) {
        bySetting.put(setting, expiry);
    }

    /** Empty: this setting names no certificates that are in use. */
    public Optional<Instant> of(String setting) {
        return Optional.ofNullable(bySetting.get(setting));
    }

    /** The settings that name certificates; they are known from the start. */
    public List<String> settings() {
        return bySetting.keySet().stream().sorted().toList();
    }
}
