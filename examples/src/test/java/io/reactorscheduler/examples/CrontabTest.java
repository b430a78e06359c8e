package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.TaskInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CrontabTest {

    private final List<Crontab.Line> lines = Crontab.read(file());

    @Test
    void everyLineOfTheFileIsRead() {
        assertThat(lines).hasSize(21);
        assertThat(lines.get(0).cron().expression()).isEqualTo("* * * * *");
        assertThat(lines.get(4).cron().expression()).isEqualTo("@daily");
        assertThat(lines.get(20).command()).isEqualTo("closing-bell");
        assertThat(lines.get(20).cron().zone().getId()).isEqualTo("America/New_York");
    }

    @Test
    void aYearHasAsManyFireTimesAsTheCalendarSays() {
        List<Crontab.Line> hourlyAtMost = lines.subList(2, lines.size());
        Map<String, Long> runs = Crontab.run(hourlyAtMost, Crontab.START, Crontab.YEAR).stream()
                .collect(Collectors.toMap(TaskInfo::id, TaskInfo::executions));
        assertThat(runs)
                .containsEntry("rotate-logs", 8_760L)
                .containsEntry("vacuum-database", 365L)
                .containsEntry("full-backup", 52L)
                .containsEntry("close-month", 12L)
                .containsEntry("renew-certificates", 1L)
                .containsEntry("pay-salaries", 12L)
                .containsEntry("board-report", 12L)
                .containsEntry("sync-crm", 261L * 6)
                .containsEntry("leap-day-party", 0L)
                .containsEntry("nightly-import", 365L)
                .containsEntry("opening-bell", 261L);
    }

    @Test
    void aDayHasAsManyMinutesAsItShould() {
        List<TaskInfo> tasks = Crontab.run(lines.subList(0, 2), Crontab.START, Duration.ofDays(1));
        assertThat(tasks).extracting(TaskInfo::executions).containsExactlyInAnyOrder(1_440L, 288L);
    }

    private static String file() {
        try (InputStream file = Crontab.class.getResourceAsStream("/crontab")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
