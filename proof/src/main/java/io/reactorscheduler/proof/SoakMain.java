package io.reactorscheduler.proof;

import java.time.Duration;

/**
 * The load of {@link Soak} in a JVM of its own with a small fixed heap: seconds and runs a second as arguments, a line of JSON for each
 * part, and another exit code than 0 when something does not hold.
 */
final class SoakMain {

    private static final int SECONDS = 0;
    private static final int RATE = 1;
    private static final int MANY = 2;

    private SoakMain() {}

    public static void main(String[] args) {
        Duration duration = Duration.ofSeconds(Integer.parseInt(args[SECONDS]));
        int many = Integer.parseInt(args[MANY]);
        System.out.println(Soak.steady(duration, Integer.parseInt(args[RATE])));
        System.out.println(Soak.overload(many));
        System.out.println(Soak.failures(many));
        System.out.println(Soak.cancels(many));
        System.exit(0);
    }
}
