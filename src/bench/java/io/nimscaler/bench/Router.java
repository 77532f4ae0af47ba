package io.nimscaler.bench;

import java.util.List;
import java.util.Locale;

/** Which replica a request goes to. */
enum Router {
    /** The one with the fewest requests on it. */
    LEAST_LOADED {
        @Override
        Replica choose(List<Replica> ready, Request request, int turn) {
            Replica least = ready.getFirst();
            for (Replica replica : ready) {
                if (replica.load() < least.load()) {
                    least = replica;
                }
            }
            return least;
        }
    },
    ROUND_ROBIN {
        @Override
        Replica choose(List<Replica> ready, Request request, int turn) {
            return ready.get(turn % ready.size());
        }
    },
    /** As a Service of Kubernetes does. */
    RANDOM {
        @Override
        Replica choose(List<Replica> ready, Request request, int turn) {
            return ready.get(Math.floorMod(mix(turn), ready.size()));
        }
    },
    /** A session stays where it is while the fleet stays as it is (rendezvous hashing). */
    STICKY {
        @Override
        Replica choose(List<Replica> ready, Request request, int turn) {
            Replica highest = ready.getFirst();
            int highestHash = Integer.MIN_VALUE;
            for (Replica replica : ready) {
                int hash = mix(request.session * 31 + replica.name.hashCode());
                if (hash > highestHash) {
                    highest = replica;
                    highestHash = hash;
                }
            }
            return highest;
        }
    };

    /** In words. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** @param turn one more with each request */
    abstract Replica choose(List<Replica> ready, Request request, int turn);

    private static int mix(int hash) {
        int mixed = hash * 0x9E3779B9;
        mixed ^= mixed >>> 15;
        mixed *= 0x85EBCA6B;
        return mixed ^ mixed >>> 13;
    }
}
