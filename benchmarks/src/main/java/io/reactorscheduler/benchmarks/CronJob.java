package io.reactorscheduler.benchmarks;

/** What runs by a cron expression that fires at some seconds of every minute. */
record CronJob(CronText cron, Lateness lateness, long seconds) implements Runnable {

    /** Counts as the latest fire time that is not in the future: no run is later than the gap to the one before. */
    @Override
    public void run() {
        long now = Meter.nowMicros() / 1_000_000;
        long second = now;
        while ((seconds & (1L << Math.floorMod(second, 60))) == 0) {
            second--;
        }
        lateness.record(second * 1_000_000);
    }
}
