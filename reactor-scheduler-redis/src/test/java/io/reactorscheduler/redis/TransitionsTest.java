package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each script that changes tasks or queues: what is there, what is done, which keys there are then. docs/redis.md says what the
 * keys are for. A key is listed with how much it holds, the counters of tasks ({@code c}) and the counters and limits of a queue
 * with their values; what any call touches (the counters in {@code m}, the journal, answers to repeated calls) is left out, and
 * so are times, tokens and texts of queues.
 */
class TransitionsTest {

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static final String TABLE = """
            script     | of                                        | steps, the last is the one                   | keys then
            save       | a new task                                | save                                         | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task for later                          | save for later                               | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a known task                              | save, save for later                         | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task that runs, as it is                | save repeating, claim, save repeating        | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1
            save       | a task that was done                      | save, claim, complete, save                  | Q:default{u=1}, c{P=1}, f 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | a due task                                | save, claim                                  | Q:default{r=1, u=1}, c{R=1}, e 1, o 1, q 1, t 1
            claim      | nothing that is due                       | save for later, claim                        | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | an overlapping task                       | save overlapping, claim                      | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1
            claim      | a triggered execution                     | save for later, enqueue, claim               | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1
            claim      | a task of a key with a limit              | declare keys, save with key, claim           | Q:default{T=2, c=100000000, k=1, n=256, r=1, u=1}, c{R=1}, e 1, n:default 1, q 1, t 1
            claim      | what was given back                       | save, claim, give back, claim                | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1
            advance    | an overlapping run                        | save overlapping, claim, advance             | Q:default{r=1, u=1}, c{R=1}, e 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            renew      | a lease                                   | save, claim, renew                           | Q:default{r=1, u=1}, c{R=1}, e 1, o 1, q 1, t 1
            complete   | a success                                 | save, claim, complete                        | c{C=1}, f 1, q 1, t 1
            complete   | a success of a repeating task             | save repeating, claim, complete and go on    | Q:default{u=1}, c{P=1}, f 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a failure                                 | save, claim, fail                            | c{F=1}, f 1, q 1, t 1
            complete   | an attempt that is tried later            | save, claim, try later                       | Q:default{u=1}, c{T=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | work that is given back                   | save, claim, give back                       | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a run whose task was cancelled            | save, claim, cancel, complete                | c{X=1}, f 1, q 1, t 1
            complete   | a run of a key with a limit               | declare keys, save with key, claim, complete | Q:default{T=2, c=100000000, k=1, n=256}, c{C=1}, f 1, q 1, t 1
            cancel     | a waiting task                            | save, cancel                                 | c{X=1}, q 1, t 1, z 1
            cancel     | a task that runs                          | save, claim, cancel                          | Q:default{r=1}, c{X=1}, e 1, q 1, t 1, x 1
            cancel     | a task with triggered executions          | save for later, enqueue, cancel              | c{X=1}, f 1, q 1, t 1
            stop       | one execution                             | save, claim, stop                            | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1, x 1
            resume     | a cancelled task                          | save, cancel, resume                         | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            reschedule | a task that was done                      | save, claim, complete, reschedule            | Q:default{u=1}, c{P=1}, f 1, l:default 1, q 1, t 1, v 1, w:7:default:0:plain 1
            remove     | a waiting task                            | save, remove                                 | c{}, q 1
            remove     | a task with history and what its run said | save, claim, append, complete, remove        | c{}, d 1, q 1
            remove     | a task that runs                          | save, claim, remove                          | c{}, q 1
            enqueue    | a task for later                          | save for later, enqueue                      | Q:default{u=2}, a:a 1, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            append     | what a run says                           | save, claim, append                          | Q:default{r=1, u=1}, c{R=1}, e 1, q 1, t 1, y:a#1 1
            declare    | a queue                                   | declare                                      | Q:default{L=1000000, c=100000000, l=10, n=256}, q 1
            pause      | a queue                                   | declare, pause                               | Q:default{L=1000000, c=100000000, l=10, n=256, p=1}, q 1
            resize     | a queue                                   | declare, resize                              | Q:default{L=1000000, c=100000000, l=10, n=3}, q 1
            sweep      | an expired lease                          | save, claim for a moment, sweep              | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            sweep      | an expired lease of a cancelled task      | save, claim for a moment, cancel, sweep      | c{X=1}, f 1, q 1, t 1
            sweep      | nothing                                   | save, sweep                                  | Q:default{u=1}, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            """;

    @TestFactory
    Stream<DynamicTest> eachScriptLeavesTheKeysThatItShould() {
        return TABLE.lines().skip(1).map(line -> {
            String[] cells = line.split("\\s*\\|\\s*");
            return DynamicTest.dynamicTest(cells[0] + ": " + cells[1], () -> {
                try (World world = new World(server)) {
                    world.does(cells[2], cells[0]);
                    assertThat(world.keys()).isEqualTo(cells[3]);
                }
            });
        });
    }

    @Test
    void everyScriptHasARow() {
        assertThat(Stream.of(TABLE, ReadersTest.TABLE, LockTransitionsTest.TABLE)
                        .flatMap(String::lines)
                        .map(line -> line.split("\\s*\\|")[0])
                        .filter(name -> !name.equals("script"))
                        .collect(Collectors.toSet()))
                .isEqualTo(LuaSource.scripts().map(LuaSource::verb).collect(Collectors.toSet()));
    }
}
