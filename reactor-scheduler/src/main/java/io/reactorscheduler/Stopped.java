package io.reactorscheduler;

/**
 * How a scheduler stopped.
 *
 * @param finished runs that ended by themselves after the stop was asked for
 * @param givenBack runs that were cancelled and given back to the store, to be claimed at once by others
 */
public record Stopped(long finished, long givenBack) {}
