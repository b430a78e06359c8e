package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of one measurement by name, in their order; names end in their unit. */
final class Values {

    private final Map<String, Double> byName = new LinkedHashMap<>();

    /** Keeps three digits behind the point, as many as mean anything. */
    void put(String name, double value) {
        byName.put(name, Math.round(value * 1_000) / 1_000.0);
    }

    void put(String name, long value) {
        byName.put(name, (double) value);
    }

    Map<String, Double> asMap() {
        return byName;
    }
}
