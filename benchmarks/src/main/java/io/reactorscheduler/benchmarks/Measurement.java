package io.reactorscheduler.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one JVM measured: one line of JSON.
 *
 * @param workload the question
 * @param subject who was asked
 * @param version of the subject
 * @param jvm the JVM and its options
 * @param params the parameters as the subject got them
 * @param of the parameters of the case, before they were made smaller for a slow subject
 * @param values the figures; empty when there are none
 * @param cannot why the subject has no means for it; null when it has
 * @param failed what went wrong; null when nothing did
 * @param leftOut why it was not asked; null when it was
 */
record Measurement(
        String workload,
        String subject,
        String version,
        String jvm,
        Map<String, Long> params,
        Map<String, Long> of,
        Map<String, Double> values,
        @Nullable String cannot,
        @Nullable String failed,
        @Nullable String leftOut) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Of this pair, with nothing known yet. */
    static Measurement of(Workload workload, Subjects subject, Params params, Params of) {
        String jvm = Runtime.version() + " "
                + String.join(
                        " ",
                        java.lang.management.ManagementFactory.getRuntimeMXBean()
                                .getInputArguments());
        return new Measurement(
                workload.key(),
                subject.key(),
                subject.version(),
                jvm,
                params.asMap(),
                of.asMap(),
                Map.of(),
                null,
                null,
                null);
    }

    Measurement withParams(Params others) {
        return new Measurement(workload, subject, version, jvm, others.asMap(), of, values, cannot, failed, leftOut);
    }

    Measurement withValues(Values measured) {
        return new Measurement(workload, subject, version, jvm, params, of, measured.asMap(), null, null, null);
    }

    Measurement withCannot(String reason) {
        return new Measurement(workload, subject, version, jvm, params, of, Map.of(), reason, null, null);
    }

    Measurement withFailure(String message) {
        return new Measurement(workload, subject, version, jvm, params, of, Map.of(), null, message, null);
    }

    Measurement withLeftOut(String reason) {
        return new Measurement(workload, subject, version, jvm, params, of, Map.of(), null, null, reason);
    }

    /** Why there are no figures; empty when there are. */
    String reason() {
        if (cannot != null) {
            return "cannot: " + cannot;
        }
        if (failed != null) {
            return "failed: " + failed;
        }
        return leftOut != null ? "left out " + leftOut : "";
    }

    String toJson() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workload", workload);
        line.put("subject", subject);
        line.put("version", version);
        line.put("jvm", jvm);
        line.put("params", params);
        line.put("of", of);
        line.put("values", values);
        line.put("cannot", cannot);
        line.put("failed", failed);
        line.put("leftOut", leftOut);
        line.values().removeIf(java.util.Objects::isNull);
        return JSON.writeValueAsString(line);
    }

    static Measurement fromJson(String line) {
        return JSON.readValue(line, Measurement.class);
    }
}
