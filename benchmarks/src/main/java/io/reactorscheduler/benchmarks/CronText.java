package io.reactorscheduler.benchmarks;

/** A cron expression of six fields, second first, as Spring and as Quartz write it. */
record CronText(String name, String spring, String quartz) {

    CronText(String name, String spring) {
        this(name, spring, spring);
    }
}
