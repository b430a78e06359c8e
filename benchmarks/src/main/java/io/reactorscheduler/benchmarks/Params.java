package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

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
