package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.AlertRule;
import io.reactorscheduler.AlertRules;
import io.reactorscheduler.AsyncWorkHandler;
import io.reactorscheduler.Batch;
import io.reactorscheduler.Cron;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.InMemoryTaskStore;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.Trigger;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages say about files, types and options is so. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z]+[A-Z]\\w+)[`.]");

    /** Names that the pages need not tell: what every Disposable has, and what only stores ask. */
    private static final Set<String> UNTOLD = Set.of("isDisposed", "matches");

    @ParameterizedTest
    @MethodSource("io.reactorscheduler.examples.SnippetsTest#pages")
    void everyLinkToAFileLeadsSomewhere(Path page) throws IOException {
        assertThat(matches(LINK, page))
                .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
    }

    @Test
    void everyTypeOfTheArchitectureIsAFile() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            Set<String> types = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(types).containsAll(matches(TYPE, ROOT.resolve("docs/architecture.md")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SchedulerBuilder.class,
                TaskQueue.class,
                Task.class,
                Trigger.class,
                Cron.class,
                RetryPolicy.class,
                AlertRules.class,
                AlertRule.class,
                Batch.class,
                AsyncWorkHandler.class,
                InMemoryTaskStore.Builder.class,
                Retention.class
            })
    void everyOptionStandsInTheReadme(Class<?> type) throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Set<String> options = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == type && method.getParameterCount() > 0)
                .map(Method::getName)
                .collect(Collectors.toSet());
        assertThat(options)
                .isNotEmpty()
                .allSatisfy(option -> assertThat(readme)
                        .containsPattern("\\| .*`(Retention\\.|AlertRule\\.)?" + option + "(\\(.*)?`.* \\|"));
    }

    @Test
    void theDefaultsOfTheReadmeAreTheConstants() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
            String[] cells = line.split(" ?\\| ?");
            if (line.startsWith("| `") && cells.length > 2) {
                defaults.putIfAbsent(cells[1].replace("`", ""), cells[2].replace("`", ""));
            }
        }
        assertThat(defaults)
                .containsEntry("lease(Duration)", SchedulerBuilder.DEFAULT_LEASE.toSeconds() + " s")
                .containsEntry("retryInPlace(Duration)", SchedulerBuilder.DEFAULT_RETRY_IN_PLACE.toSeconds() + " s")
                .containsEntry("maxPayload(int)", grouped(SchedulerBuilder.DEFAULT_MAX_PAYLOAD) + " characters")
                .containsEntry("concurrency(int)", grouped(TaskQueue.DEFAULT_CONCURRENCY))
                .containsEntry("capacity(long)", grouped(TaskQueue.DEFAULT_CAPACITY))
                .containsEntry("queue(String)", TaskQueue.DEFAULT_NAME)
                .containsEntry("cap(Duration)", RetryPolicy.DEFAULT_CAP.toHours() + " hour")
                .containsEntry("jitter(double)", RetryPolicy.DEFAULT_EXPONENTIAL_JITTER + " for exponential, else 0")
                .containsEntry("checkEvery(Duration)", AlertRules.DEFAULT_CHECK.toSeconds() + " s")
                .containsEntry("AlertRule.atLeast(long)", AlertRule.DEFAULT_AT_LEAST + " runs")
                .containsEntry("AlertRule.clearAt(double)", AlertRule.DEFAULT_CLEAR_AT + " of the threshold")
                .containsEntry("pollEvery(Duration)", AsyncWorkHandler.DEFAULT_POLL.toSeconds() + " s")
                .containsEntry("pollTimeout(Duration)", AsyncWorkHandler.DEFAULT_POLL_TIMEOUT.toSeconds() + " s")
                .containsEntry("tolerate(int)", AsyncWorkHandler.DEFAULT_TOLERATED + "")
                .containsEntry("quarantineAfter(int)", InMemoryTaskStore.DEFAULT_QUARANTINE_AFTER + "")
                .containsEntry("Retention.perTask(int)", grouped(Retention.DEFAULT_PER_TASK))
                .containsEntry("Retention.age(Duration)", Retention.DEFAULT_AGE.toHours() + " hour")
                .containsEntry("Retention.total(int)", grouped(Retention.DEFAULT_TOTAL));
    }

    @Test
    void aBatchWorksOnAsManyItemsAsTheReadmeSays() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md")))
                .contains("| `concurrency(int)` | " + Batch.DEFAULT_CONCURRENCY + " | items at once |");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ReactiveScheduler.class,
                ScheduledTask.class,
                RunContext.class,
                TaskQuery.class,
                ExecutionQuery.class
            })
    void everyOperationStandsInAPage(Class<?> type) throws IOException {
        String pages = Files.readString(ROOT.resolve("README.md")) + Files.readString(ROOT.resolve("docs/guide.md"));
        Set<String> operations = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .filter(name -> !UNTOLD.contains(name))
                .collect(Collectors.toSet());

        assertThat(operations)
                .isNotEmpty()
                .allSatisfy(
                        operation -> assertThat(pages).containsPattern("[.:`/ ]" + operation + "[(`]|::" + operation));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static Set<String> matches(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toSet());
    }
}
