package io.reactorscheduler.benchmarks;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** cron-utils, which answers only when a cron expression fires next. */
final class CronUtilsSubject implements Subject {

    private static final CronParser PARSER =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53));

    @Override
    public long walk(CronText text, long fromEpochSecond, int steps) {
        ExecutionTime cron = ExecutionTime.forCron(PARSER.parse(text.spring()));
        ZonedDateTime time = Instant.ofEpochSecond(fromEpochSecond).atZone(ZoneOffset.UTC);
        for (int i = 0; i < steps; i++) {
            time = cron.nextExecution(time).orElseThrow();
        }
        return time.toEpochSecond();
    }

    @Override
    public void close() {}
}
