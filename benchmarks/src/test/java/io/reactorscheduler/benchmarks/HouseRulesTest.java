package io.reactorscheduler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.reactorscheduler.build.HouseRules;
import io.reactorscheduler.build.MainClasses;
import io.reactorscheduler.build.ModuleFiles;
import org.junit.jupiter.api.Test;

/**
 * The house rules without those about time, blocking and threads: these programs measure real time, wait for the end of
 * what they measure, and start what the peers need.
 */
@AnalyzeClasses(locations = MainClasses.class, importOptions = HouseRulesTest.NotGenerated.class)
class HouseRulesTest {

    /** Leaves out what JMH writes. */
    static final class NotGenerated implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("jmh_generated");
        }
    }

    @ArchTest
    static final ArchRule CONSTRUCTORS_ARE_SMALL = HouseRules.CONSTRUCTORS_ARE_SMALL;

    @ArchTest
    static final ArchRule NO_FIELD_IS_PUBLIC = HouseRules.NO_FIELD_IS_PUBLIC;

    @Test
    void noSourceFileIsTooLong() {
        assertThat(ModuleFiles.of(HouseRulesTest.class).mainSourcesLongerThan(400))
                .isEmpty();
    }
}
