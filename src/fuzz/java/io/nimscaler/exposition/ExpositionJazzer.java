package io.nimscaler.exposition;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Random;

/** Bodies that a coverage-guided fuzzer makes up: none makes the reader throw, or read otherwise than {@link Oracle}, whole or in pieces. */
class ExpositionJazzer {

    /** In libFuzzer's writing. */
    @DictionaryEntries({
        "usage{a=\\x22b\\x22} 0.5\\x0a",
        "{\\x22usage\\x22,a=\\x22\\x5cn\\x22} 1e+011 ",
        "__name__",
        "# HELP",
        "+Inf",
        "NaN",
        "1700000000000",
        " # {t=\\x22x\\x22} 1\\x0a",
        "\\x0d\\x0a"
    })
    @FuzzTest(maxDuration = "1m")
    void readsAsTheOracleReads(byte[] body) {
        Exposition whole = Bodies.read(body, MetricNames.any());
        Random random = new Random(Arrays.hashCode(body));
        if (!Bodies.readInRandomChunks(body, MetricNames.any(), ReadLimits.DEFAULT, random).equals(whole)) {
            throw new AssertionError("whole: " + whole);
        }
        Oracle.read(body).requireSame(whole);
    }
}
