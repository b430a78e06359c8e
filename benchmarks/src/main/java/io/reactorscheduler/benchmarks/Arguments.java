package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The arguments of a command: {@code --name value}, or {@code --name} alone. */
final class Arguments {

    /** What is no parameter of a workload. */
    private static final Set<String> OPTIONS = Set.of(
            "workload",
            "subject",
            "reps",
            "warm-up",
            "quick",
            "whole",
            "jvm",
            "limit",
            "budget",
            "within",
            "out",
            "in");

    private final Map<String, String> byName = new LinkedHashMap<>();

    Arguments(List<String> words) {
        String name = null;
        for (String word : words) {
            if (word.startsWith("--")) {
                name = word.substring(2);
                byName.put(name, "");
            } else if (name == null) {
                throw new IllegalArgumentException("'" + word + "' stands behind no option");
            } else {
                byName.merge(name, word, (before, more) -> before.isEmpty() ? more : before + " " + more);
            }
        }
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    String text(String name, String otherwise) {
        return byName.getOrDefault(name, otherwise);
    }

    double number(String name, double otherwise) {
        return has(name) ? number(name, Double::parseDouble) : otherwise;
    }

    /** What is given for the workload itself, for example {@code --n 1000}. */
    Params params() {
        Map<String, Long> params = new LinkedHashMap<>();
        byName.forEach((name, value) -> {
            if (!OPTIONS.contains(name)) {
                params.put(name, number(name, Long::parseLong));
            }
        });
        return Params.of(params);
    }

    private <T> T number(String name, Function<String, T> parser) {
        String value = text(name, "");
        try {
            return parser.apply(value.replace("_", ""));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "--" + name + " \"" + value + "\": give a number; options and parameters are told by help and list",
                    notANumber);
        }
    }
}
