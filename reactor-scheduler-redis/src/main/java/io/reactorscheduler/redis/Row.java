package io.reactorscheduler.redis;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A list of a reply, with typed access to its elements: scripts send texts, absent values and lists. */
final class Row {

    private final List<?> values;
    private final int from;

    Row(List<?> values) {
        this(values, 0);
    }

    /** The elements from a place on. */
    Row(List<?> values, int from) {
        this.values = values;
        this.from = from;
    }

    /** A list in a reply as a row. */
    static Row of(@Nullable Object list) {
        return new Row((List<?>) Objects.requireNonNull(list));
    }

    int size() {
        return values.size() - from;
    }

    @Nullable
    String text(int at) {
        Object value = values.get(from + at);
        return value == null ? null : value.toString();
    }

    String required(int at) {
        return Objects.requireNonNull(text(at));
    }

    String text(int at, String absent) {
        return Objects.requireNonNullElse(text(at), absent);
    }

    long number(int at, long absent) {
        String value = text(at);
        return value == null || value.isEmpty() ? absent : Long.parseLong(value);
    }

    long number(int at) {
        return Long.parseLong(required(at));
    }

    @Nullable
    Instant instant(int at) {
        String value = text(at);
        return value == null ? null : instantOf(Long.parseLong(value));
    }

    Row row(int at) {
        return of(values.get(from + at));
    }

    List<?> list(int at) {
        return (List<?>) Objects.requireNonNull(values.get(from + at));
    }

    boolean isNumber(int at) {
        return values.get(from + at) instanceof Long;
    }

    boolean isList(int at) {
        return values.get(from + at) instanceof List;
    }

    List<String> texts(int at) {
        return list(at).stream().map(Object::toString).toList();
    }

    List<Row> rows(int at) {
        return list(at).stream().map(Row::of).toList();
    }

    @Override
    public String toString() {
        return values.subList(from, values.size()).toString();
    }

    static Instant instantOf(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long microsOf(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
