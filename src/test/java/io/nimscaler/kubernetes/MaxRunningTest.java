package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaxRunningTest {

    private static OptionalInt of(Container... containers) {
        return MaxRunning.of(new PodSpecBuilder().withContainers(containers).build());
    }

    private static Container with(String... args) {
        return new ContainerBuilder().withArgs(args).build();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--max-num-seqs=128                                   | 128",
                "--max_num_seqs=128                                   | 128",
                "--max-running-requests=64                            | 64",
                "vllm serve m --max-num-seqs 32 --port 8000           | 32",
                "exec vllm serve m --max-num-seqs='48'                | 48",
                "--max-num-seqs=128 --max-num-seqs=16                 | 16",
                "--max-num-seqs=0                                     |",
                "--max-num-seqs=-1                                    |",
                "--max-num-seqs=100001                                |",
                "--max-num-seqs=9999999999999                         |",
                "--max-num-seqs=$(SEQS)                               |",
                "--max-num-seqs                                       |",
                "--max-num-seqs-hint=7                                |",
                "--max-num-seqs=128 --data-parallel-size=4            |",
                "--max-running-requests 64 --dp 2                     |",
                "--model m                                            |"
            })
    void argumentsSayIt(String args, Integer expected) {
        OptionalInt wanted = expected == null ? OptionalInt.empty() : OptionalInt.of(expected);
        assertThat(of(with(args))).isEqualTo(wanted);
        assertThat(of(with(args.split(" +")))).isEqualTo(wanted);
        assertThat(of(new ContainerBuilder().withCommand(args.split(" +")).build()))
                .isEqualTo(wanted);
        assertThat(of(new ContainerBuilder()
                        .addNewEnv()
                        .withName("NIM_PASSTHROUGH_ARGS")
                        .withValue(args)
                        .endEnv()
                        .build()))
                .isEqualTo(wanted);
    }

    @Test
    void environmentOfNimSaysItWhereNoArgumentDoes() {
        Container nim = new ContainerBuilder()
                .addNewEnv()
                .withName("NIM_MAX_NUM_SEQS")
                .withValue("24")
                .endEnv()
                .build();
        assertThat(of(nim)).hasValue(24);
        nim.setArgs(List.of("--max-num-seqs", "12"));
        assertThat(of(nim)).hasValue(12);
    }

    @Test
    void variableFromASecretIsNotKnown() {
        Container nim = new ContainerBuilder()
                .addNewEnv()
                .withName("NIM_MAX_NUM_SEQS")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("seqs", "limits", false)
                .endValueFrom()
                .endEnv()
                .build();
        assertThat(of(nim)).isEmpty();
    }

    @Test
    void containersThatSayDifferentThingsSayNothing() {
        assertThat(of(with("--max-num-seqs=8"), with("--port=1"))).hasValue(8);
        assertThat(of(with("--max-num-seqs=8"), with("--max-num-seqs=8"))).hasValue(8);
        assertThat(of(with("--max-num-seqs=8"), with("--max-num-seqs=9"))).isEmpty();
        assertThat(of()).isEmpty();
    }

    @Test
    void whatIsKeptSaysTheSame() {
        assertThat(of(with(MaxRunning.asArguments(OptionalInt.of(96)).toArray(String[]::new))))
                .hasValue(96);
        assertThat(MaxRunning.asArguments(OptionalInt.empty())).isEmpty();
    }
}
