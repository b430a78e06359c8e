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
 * keys are for. A key is listed with how much it holds, the counters of tasks ({@code c}) with their values, a queue with its
 * settings only by its name; what any call touches (the counters in {@code m}, the journal, answers to repeated calls) is left
 * out.
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
            save       | a new task                                | save                                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task for later                          | save for later                               | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a known task                              | save, save for later                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task that runs, as it is                | save repeating, claim, save repeating        | c{R=1}, e 1, q 1, t 1
            save       | a task that was done                      | save, claim, complete, save                  | c{P=1}, f 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | a due task                                | save, claim                                  | c{R=1}, e 1, o 1, q 1, t 1
            claim      | nothing that is due                       | save for later, claim                        | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | an overlapping task                       | save overlapping, claim                      | c{R=1}, e 1, q 1, t 1
            claim      | a triggered execution                     | save for later, enqueue, claim               | c{R=1}, e 1, q 1, t 1
            claim      | a task of a key with a limit              | declare keys, save with key, claim           | c{R=1}, e 1, n:default 1, q 1, t 1
            claim      | what was given back                       | save, claim, give back, claim                | c{R=1}, e 1, q 1, t 1
            advance    | an overlapping run                        | save overlapping, claim, advance             | c{R=1}, e 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            renew      | a lease                                   | save, claim, renew                           | c{R=1}, e 1, o 1, q 1, t 1
            complete   | a success                                 | save, claim, complete                        | c{C=1}, f 1, q 1, t 1
            complete   | a success of a repeating task             | save repeating, claim, complete and go on    | c{P=1}, f 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a failure                                 | save, claim, fail                            | c{F=1}, f 1, q 1, t 1
            complete   | an attempt that is tried later            | save, claim, try later                       | c{T=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | work that is given back                   | save, claim, give back                       | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a run whose task was cancelled            | save, claim, cancel, complete                | c{X=1}, f 1, q 1, t 1
            complete   | a run of a key with a limit               | declare keys, save with key, claim, complete | c{C=1}, f 1, q 1, t 1
            cancel     | a waiting task                            | save, cancel                                 | c{X=1}, q 1, t 1, z 1
            cancel     | a task that runs                          | save, claim, cancel                          | c{X=1}, e 1, q 1, t 1, x 1
            cancel     | a task with triggered executions          | save for later, enqueue, cancel              | c{X=1}, f 1, q 1, t 1
            stop       | one execution                             | save, claim, stop                            | c{R=1}, e 1, q 1, t 1, x 1
            resume     | a cancelled task                          | save, cancel, resume                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            reschedule | a task that was done                      | save, claim, complete, reschedule            | c{P=1}, f 1, l:default 1, q 1, t 1, v 1, w:7:default:0:plain 1
            remove     | a waiting task                            | save, remove                                 | c{}, q 1
            remove     | a task with history and what its run said | save, claim, append, complete, remove        | c{}, d 1, q 1
            remove     | a task that runs                          | save, claim, remove                          | c{}, q 1
            enqueue    | a task for later                          | save for later, enqueue                      | a:a 1, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            append     | what a run says                           | save, claim, append                          | c{R=1}, e 1, q 1, t 1, y:a#1 1
            declare    | a queue                                   | declare                                      | q 1
            pause      | a queue                                   | declare, pause                               | q 1
            resize     | a queue                                   | declare, resize                              | q 1
            sweep      | an expired lease                          | save, claim for a moment, sweep              | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            sweep      | an expired lease of a cancelled task      | save, claim for a moment, cancel, sweep      | c{X=1}, f 1, q 1, t 1
            sweep      | nothing                                   | save, sweep                                  | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
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
