package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of one measurement by name, in their order; names end in their unit. */
final class Values {

    private final Map<String, Double> byName = new LinkedHashMap<>();

    void put(String name, double value) {
        byName.put(name, value);
    }

    Map<String, Double> asMap() {
        return byName;
    }
}
