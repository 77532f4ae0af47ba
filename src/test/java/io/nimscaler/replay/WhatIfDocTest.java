package io.nimscaler.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may be asked stands in the docs. */
class WhatIfDocTest {

    @ParameterizedTest
    @EnumSource(FleetKey.class)
    void everyKeyIsInItsTable(FleetKey key) throws IOException {
        assertThat(Files.readAllLines(Path.of("src/docs/what-if.md")))
                .anyMatch(line -> line.startsWith("|") && line.contains("`" + key.key() + "`"));
    }
}
