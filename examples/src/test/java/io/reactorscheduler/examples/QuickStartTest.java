package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuickStartTest extends InVirtualTime {

    @Test
    void nearlyTenSecondsShowEveryKindOfTaskAndEndWithATable() {
        List<String> lines = new ArrayList<>();
        List<String> end = new ArrayList<>();
        QuickStart.lines(Duration.ofMillis(9_910))
                .subscribe(lines::add, error -> end.add("failed: " + error), () -> end.add("completed"));
        pass(Duration.ofMillis(9_910));

        assertThat(end).containsExactly("completed");
        assertThat(lines)
                .anyMatch(line -> line.matches(".*one-shot +hello"))
                .anyMatch(line -> line.matches(".*delayed +three seconds later"))
                .anyMatch(line -> line.matches(".*flaky +attempt 1 failed: .*connection refused.*"))
                .anyMatch(line -> line.matches(".*flaky +worked at attempt 3"))
                .anyMatch(line -> line.matches(".*too slow +failed: .*TimeoutException.*"))
                .anyMatch(line -> line.matches(".*stream +lift-off"));
        assertThat(lines).filteredOn(line -> line.contains("fixed rate")).hasSize(6);
        assertThat(lines).filteredOn(line -> line.contains("cron  ")).hasSize(4);
        assertThat(lines).filteredOn(line -> line.contains("two at once")).hasSize(8);
        assertThat(lines)
                .filteredOn(line -> line.contains("highest first"))
                .extracting(line -> line.replaceAll(".*(priority .).*", "$1"))
                .containsExactly("priority 4", "priority 3", "priority 2", "priority 1");
        assertThat(lines.subList(lines.size() - 5, lines.size()))
                .containsExactly(
                        "queue         completed  failed      p50      p95      p99      max",
                        "default             509       1     0.00     0.00     0.00     0.00",
                        "one by one            4       0  1100.00  1300.00  1300.00  1300.00",
                        "rate limited          8       0  1000.00  3000.00  3000.00  3000.00",
                        "all                 521       1");
    }
}
