package io.reactorscheduler;

/**
 * A row of fire times that did not run.
 *
 * @param fromMicros the first of them, in epoch microseconds
 * @param toMicros the last of them
 * @param count how many; at least that many where the row was too long to count
 * @param reason why
 */
public record Skip(long fromMicros, long toMicros, long count, String reason) {}
