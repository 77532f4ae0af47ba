package io.nimscaler.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nimscaler.scaler.ScaledObjectId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {

    private static final ScaledObject FIRST = named("first");
    private static final ScaledObject SECOND = named("second");
    private static final ScaledObject THIRD = named("third");
    private static final ScaledObject FOURTH = named("fourth");

    private final Capacity capacity = new Capacity(2);

    private static ScaledObject named(String name) {
        return new ScaledObject(
                new ScaledObjectId("ns", name), "uid", Optional.empty(), 1, OptionalInt.empty(), List.of());
    }

    @Test
    void whoComesOverTheBoundIsRefusedAndTheOthersStay() {
        assertThat(capacity.enter(FIRST, 1)).isEmpty();
        assertThat(capacity.enter(SECOND, 1)).isEmpty();
        assertThat(capacity.enter(THIRD, 1))
                .contains(
                        "expected at most 2 ScaledObjects with this memory limit, and this one is one more: raise the limit");
        assertThat(capacity.refusal(THIRD.id())).isPresent();
        assertThat(capacity.enter(FIRST, 2)).isEmpty();
        assertThat(capacity.refusal(FIRST.id())).isEmpty();
    }

    @Test
    void whoHasWaitedLongestGetsThePlaceThatBecomesFree() {
        List.of(FIRST, SECOND, THIRD, FOURTH).forEach(each -> capacity.enter(each, 1));

        assertThat(capacity.leave(FIRST.id())).contains(THIRD);
        assertThat(capacity.enter(THIRD, 1)).isEmpty();
        assertThat(capacity.refusal(THIRD.id())).isEmpty();
        assertThat(capacity.leave(SECOND.id())).contains(FOURTH);
    }

    @Test
    void whoWaitedAndIsGoneLeavesNothing() {
        List.of(FIRST, SECOND, THIRD).forEach(each -> capacity.enter(each, 1));

        assertThat(capacity.leave(THIRD.id())).isEmpty();
        assertThat(capacity.refusal(THIRD.id())).isEmpty();
        assertThat(capacity.leave(FIRST.id())).isEmpty();
    }

    @Test
    void whoIsEditedWhileItWaitsKeepsItsTurn() {
        List.of(FIRST, SECOND, THIRD, FOURTH, THIRD).forEach(each -> capacity.enter(each, 1));
        assertThat(capacity.leave(FIRST.id())).contains(THIRD);
    }

    @Test
    void ofThoseThatWaitOnlySoManyAreKeptAndTheOthersAreRefusedAllTheSame() {
        // Given
        List.of(FIRST, SECOND).forEach(each -> capacity.enter(each, 1));
        List<ScaledObject> many = IntStream.range(0, 3 * Capacity.WAITING)
                .mapToObj(i -> named("so-" + i))
                .toList();

        // When
        many.forEach(each -> assertThat(capacity.enter(each, 1)).isPresent());

        // Then
        assertThat(many).filteredOn(each -> capacity.isWaiting(each.id())).hasSize(Capacity.WAITING);
        assertThat(many)
                .allSatisfy(each -> assertThat(capacity.refusal(each.id())).isPresent());

        // And when there is a place for one that was not kept
        many.forEach(each -> capacity.leave(each.id()));
        capacity.leave(FIRST.id());
        assertThat(capacity.enter(many.getLast(), 1)).isEmpty();
        assertThat(capacity.refusal(many.getLast().id())).isEmpty();
    }

    @Test
    void textOfThoseThatWaitIsBounded() {
        List.of(FIRST, SECOND).forEach(each -> capacity.enter(each, 1));
        List<ScaledObject> many = IntStream.range(0, 100)
                .mapToObj(i -> withText(new ScaledObjectId("ns", "so-" + i), 60_000))
                .toList();
        many.forEach(each -> capacity.enter(each, 1));
        assertThat(many).filteredOn(each -> capacity.isWaiting(each.id())).hasSize(33);
        many.forEach(each -> capacity.leave(each.id()));
        many.forEach(each -> capacity.enter(each, 1));
        assertThat(many).filteredOn(each -> capacity.isWaiting(each.id())).hasSize(33);
    }

    @ParameterizedTest
    @CsvSource({"161061273, 728", "214748364, 1157", "322122547, 2000", "9223372036854775807, 2000", "16777216, 50"})
    void roomIsAsLargeAsTheHeap(long bytes, int scaledObjects) {
        assertThat(Capacity.forHeap(bytes)).isEqualTo(scaledObjects);
    }

    @Test
    void textOfAllTriggersIsBounded() {
        assertThat(capacity.enter(withText(30_000, 35_000), 1)).isEmpty();
        assertThat(capacity.enter(withText(30_000, 36_000), 1))
                .contains(
                        "expected triggers of at most 65536 characters in all, got 66308 (a trigger counts as 100 more, a key as 50)");
        assertThat(capacity.refusal(withText().id())).isPresent();
        assertThat(capacity.enter(withText(), 1)).isEmpty();
        assertThat(capacity.refusal(withText().id())).isEmpty();
    }

    /** 60,000 of them fit into an object that the API server takes, and each is some hundred bytes here. */
    @Test
    void emptyTriggersAreBoundedToo() {
        List<ScaledObject.TriggerSpec> none =
                Collections.nCopies(1_000, new ScaledObject.TriggerSpec("", "AverageValue", Map.of()));
        ScaledObject empty = new ScaledObject(FIRST.id(), "uid", Optional.empty(), 1, OptionalInt.empty(), none);
        assertThat(capacity.enter(empty, 1))
                .hasValueSatisfying(why -> assertThat(why).contains("got 100000"));
    }

    private static ScaledObject withText(int... lengths) {
        return withText(FIRST.id(), lengths);
    }

    private static ScaledObject withText(ScaledObjectId id, int... lengths) {
        List<ScaledObject.TriggerSpec> triggers = IntStream.of(lengths)
                .mapToObj(length ->
                        new ScaledObject.TriggerSpec("external", "AverageValue", Map.of("path", "x".repeat(length))))
                .toList();
        return new ScaledObject(id, "uid", Optional.empty(), 1, OptionalInt.empty(), triggers);
    }

    @Test
    void asManyTriggersAsTheBoundAndNoMore() {
        assertThat(capacity.enter(FIRST, 16)).isEmpty();
        assertThat(capacity.enter(FIRST, 17)).contains("expected at most 16 triggers of one ScaledObject, got 17");
        assertThat(capacity.refusal(FIRST.id())).isPresent();
        assertThat(capacity.enter(FIRST, 16)).isEmpty();
        assertThat(capacity.refusal(FIRST.id())).isEmpty();
    }
}
