package io.nimscaler.poll;

import java.util.Optional;
import java.util.stream.Stream;

/** Why a pod has no sample: the exchange failed, or there is {@linkplain NoSample none in it}. */
public sealed interface PodProblem permits ScrapeFailure, NoSample {

    /** In snake case, as it begins a pod's problem in REST and stands in a recording. */
    String label();

    /** The one of this label. */
    static Optional<PodProblem> of(String label) {
        return Stream.<PodProblem>concat(Stream.of(ScrapeFailure.values()), Stream.of(NoSample.values()))
                .filter(problem -> problem.label().equals(label))
                .findFirst();
    }
}
