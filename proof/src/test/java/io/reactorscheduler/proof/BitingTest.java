package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker bites: what keeps a promise is switched off in the scripts of the nodes, and the checker says so. */
class BitingTest {

    private static final long SEED = 5;
    private static final int MOST_ROUNDS = 3;

    @TempDir
    private Path folder;

    /** Whether a fault hits a run in the moment that matters is a matter of luck, so there are some rounds. */
    private static void assertBroken(Set<Problem.Rule> rules, Patch patch, Fault... faults) {
        Set<Problem.Rule> found = EnumSet.noneOf(Problem.Rule.class);
        for (int round = 0; round < MOST_ROUNDS && Collections.disjoint(found, rules); round++) {
            RoundSettings settings = RoundSettings.brief(
                    SEED + round,
                    Servers.Kind.STANDALONE,
                    Arrays.stream(faults).map(List::of).toList());
            Round.Result result = Round.run(settings.patched(patch.root()));
            System.out.println(result.figures());
            result.problems().forEach(problem -> found.add(problem.rule()));
        }
        assertThat(found).containsAnyElementsOf(rules);
    }

    @Test
    void withoutTheCheckOfTheFence() {
        Patch patch = Patch.in(folder)
                .replace("ends", "if not E or E.w or E.f ~= each.fence then", "if not E then")
                .replace("first_ends", "string.sub(owner, 1, #fence + 1) == fence .. ':'", "true");

        // an end that comes too late is written over what others did, or puts work in line that others do
        assertBroken(
                EnumSet.of(Problem.Rule.STALE_WRITE, Problem.Rule.OVERLAP),
                patch,
                Fault.FREEZE,
                Fault.FREEZE,
                Fault.FREEZE,
                Fault.FREEZE);
    }

    @Test
    void withoutTheRenewalOfLeases() {
        Patch patch = Patch.in(folder)
                .replace("renew-1", "call('ZADD', P .. 'e', now + ARGV[1], name)", "")
                .replace("renew-1", "lost[#lost + 1] = out((i - 2) / 3)", "");

        assertBroken(EnumSet.of(Problem.Rule.OVERLAP), patch);
    }

    /** As if the record and the next fire time were two steps, and a crash came between some of them. */
    @Test
    void withoutTheNextFireTimeInTheStepOfTheRecord() {
        Patch patch = Patch.in(folder)
                .replace(
                        "ends",
                        "if not E.g and each.next and (has_head or not T.o) then",
                        "if not E.g and each.next and (has_head or not T.o) and now % 5 > 0 then");

        assertBroken(EnumSet.of(Problem.Rule.LOSS), patch);
    }

    /** An end that is told again is recorded again. */
    @Test
    void withoutIdempotentEnds() {
        Patch patch = Patch.in(folder)
                .replace("ends", "return was_recorded(id, T, number, each.fence) and (T.s or 'P') or '' end", """
                        if was_recorded(id, T, number, each.fence) then
                          add_row(id, T, {
                            n = number, s = 'C', F = each.fire, e = now, a = 1, N = 'again', f = each.fence, v = T.v,
                          })
                          keep(id, T)
                        end
                        return ''
                        end
                        """);

        assertBroken(EnumSet.of(Problem.Rule.DOUBLE), patch, Fault.DROPPED_REPLIES, Fault.DROPPED_REPLIES);
    }
}
