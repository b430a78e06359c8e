package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.reactorscheduler.build.HouseRules;
import io.reactorscheduler.build.MainClasses;
import io.reactorscheduler.build.ModuleFiles;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(locations = MainClasses.class)
class ArchitectureTest {

    @ArchTest
    static final ArchTests mainCodeKeepsTheHouseRules = ArchTests.in(HouseRules.class);

    @Test
    void noMainFileHasMoreThan400Lines() {
        assertThat(ModuleFiles.of(ArchitectureTest.class).mainSourcesLongerThan(400))
                .isEmpty();
    }
}
