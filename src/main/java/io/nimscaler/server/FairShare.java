package io.nimscaler.server;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who is there, by the peer that it belongs to, and at most so many. A newcomer always comes in; over the bound one of the peer that
 * has the most has to go, the one that was used longest ago. So whoever takes all there is only ever takes it from itself. From
 * any thread.
 *
 * <p>What ends by itself after a short time may be spared so long. If all that a peer has is spared, the newest of it has to go. If always the oldest
 * had to go while more come than can be done, each would go before it is done, and nothing would ever be done.
 *
 * @param <T> by its equality
 */
final class FairShare<T> {

    private final int most;
    private final Predicate<T> isSpared;
    private final Map<String, LinkedHashMap<T, Long>> ofPeers = new HashMap<>();
    private int size;
    private long uses;

    /**
     * @param most at least 1
     */
    FairShare(int most) {
        this(most, _ -> false);
    }

    /**
     * @param most at least 1
     * @param isSpared holds for all that came after one for which it holds
     */
    FairShare(int most, Predicate<T> isSpared) {
        this.most = most;
        this.isSpared = isSpared;
    }

    /**
     * It comes in.
     *
     * @return who has to go and is not there any more; it can be the newcomer
     */
    synchronized Optional<T> enter(String peer, T newcomer) {
        if (ofPeers.computeIfAbsent(peer, _ -> new LinkedHashMap<>()).put(newcomer, uses++) == null) {
            size++;
        }
        return size > most ? Optional.of(evict()) : Optional.empty();
    }

    private T evict() {
        Map.Entry<String, LinkedHashMap<T, Long>> largest = ofPeers.entrySet().stream()
                .max(Comparator.<Map.Entry<String, LinkedHashMap<T, Long>>>comparingInt(
                                entry -> entry.getValue().size())
                        .thenComparing(entry -> -entry.getValue().firstEntry().getValue()))
                .orElseThrow();
        T oldest = largest.getValue().firstEntry().getKey();
        T victim = isSpared.test(oldest) ? largest.getValue().lastEntry().getKey() : oldest;
        leave(largest.getKey(), victim);
        return victim;
    }

    /** Whether it is full, and no peer has more than this one: a newcomer of it would take the place of one of its own, or of its equals. */
    synchronized boolean isFullOf(String peer) {
        LinkedHashMap<T, Long> ofPeer = ofPeers.get(peer);
        int its = ofPeer == null ? 0 : ofPeer.size();
        return size >= most && ofPeers.values().stream().allMatch(other -> other.size() <= its);
    }

    /**
     * It is used now.
     *
     * @return false: it is not there
     */
    synchronized boolean use(String peer, T one) {
        LinkedHashMap<T, Long> ofPeer = ofPeers.get(peer);
        if (ofPeer == null || !ofPeer.containsKey(one)) {
            return false;
        }
        ofPeer.remove(one);
        ofPeer.put(one, uses++);
        return true;
    }

    /** It is gone; once is enough, and more than once does no harm. */
    synchronized void leave(String peer, T one) {
        LinkedHashMap<T, Long> ofPeer = ofPeers.get(peer);
        if (ofPeer != null && ofPeer.remove(one) != null) {
            size--;
            if (ofPeer.isEmpty()) {
                ofPeers.remove(peer);
            }
        }
    }

    synchronized List<T> all() {
        return ofPeers.values().stream()
                .flatMap(ofPeer -> ofPeer.keySet().stream())
                .toList();
    }

    synchronized int size() {
        return size;
    }
}
