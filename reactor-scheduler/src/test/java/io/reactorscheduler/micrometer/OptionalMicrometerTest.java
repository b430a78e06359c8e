package io.reactorscheduler.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.reactorscheduler.build.MainClasses;

@AnalyzeClasses(locations = MainClasses.class)
class OptionalMicrometerTest {

    @ArchTest
    static final ArchRule nothingElseNeedsMicrometer = noClasses()
            .that()
            .resideOutsideOfPackage("io.reactorscheduler.micrometer")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.reactorscheduler.micrometer");
}
