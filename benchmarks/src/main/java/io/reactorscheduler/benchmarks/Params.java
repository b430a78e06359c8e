package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The parameters of one case of a workload by name, in their order. Immutable. */
final class Params {

    private final Map<String, Long> byName;

    private Params(Map<String, Long> byName) {
        this.byName = byName;
    }

    static Params of(String name, long value) {
        return new Params(Map.of()).with(name, value);
    }

    static Params of(Map<String, Long> values) {
        return new Params(new LinkedHashMap<>(values));
    }

    Params with(String name, long value) {
        Map<String, Long> copy = new LinkedHashMap<>(byName);
        copy.put(name, value);
        return new Params(copy);
    }

    /** With the given values for those of its own that are given. */
    Params with(Params given) {
        Params result = this;
        for (Map.Entry<String, Long> entry : given.byName.entrySet()) {
            result = byName.containsKey(entry.getKey()) ? result.with(entry.getKey(), entry.getValue()) : result;
        }
        return result;
    }

    /** With a lower value if this one is higher. */
    Params atMost(String name, long value) {
        return with(name, Math.min(get(name), value));
    }

    /** How many tasks a subject gets that cannot take them all in reasonable time; a rate shrinks alike. */
    Params scaled(double share) {
        Params result = this;
        for (String name : new String[] {"n", "rate", "pending"}) {
            if (byName.containsKey(name)) {
                result = result.with(name, Math.max(Math.min(get(name), 100), Math.round(get(name) * share)));
            }
        }
        return result;
    }

    /** How many pieces of work: tasks, those that only wait among them, and steps. */
    long work() {
        return Stream.of("n", "pending", "steps")
                .mapToLong(name -> byName.getOrDefault(name, 0L))
                .sum();
    }

    /** Whether less work takes less time: nothing is due at a rate, waits for so long or starts other JVMs. */
    boolean isOnlyWork() {
        return work() > 0
                && Stream.of("rate", "seconds", "wait_ms", "nodes", "subscribers")
                        .noneMatch(byName::containsKey);
    }

    /** With at most so much work, in a round number: 1, 2 or 5 with zeros, so that repetitions agree on it. */
    Params withWorkOfAtMost(double most) {
        if (work() <= most) {
            return this;
        }
        double zeros = Math.pow(10, Math.floor(Math.log10(Math.max(1, most))));
        double digits = most / zeros;
        double round = zeros * (digits >= 5 ? 5 : digits >= 2 ? 2 : 1);
        Params result = this;
        for (String name : List.of("n", "pending", "steps")) {
            if (byName.containsKey(name)) {
                result = result.with(name, Math.min(get(name), Math.round(get(name) * round / work())));
            }
        }
        return result;
    }

    /** How long a run takes, however fast the subject is, in seconds. */
    double waitSeconds() {
        double lead = byName.getOrDefault("lead_ms", 0L) / 1_000.0;
        double due = byName.containsKey("rate") ? (double) get("n") / get("rate") : lead;
        return due
                + byName.getOrDefault("seconds", 0L)
                + (byName.getOrDefault("ahead_ms", 0L) + byName.getOrDefault("wait_ms", 0L)) / 1_000.0;
    }

    long get(String name) {
        Long value = byName.get(name);
        if (value == null) {
            throw new IllegalArgumentException("parameter " + name + " is not one of " + byName.keySet());
        }
        return value;
    }

    /** How many tasks. */
    int n() {
        return Math.toIntExact(get("n"));
    }

    Map<String, Long> asMap() {
        return byName;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Params that && byName.equals(that.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    @Override
    public String toString() {
        return byName.toString().replaceAll("[{}]", "");
    }
}
