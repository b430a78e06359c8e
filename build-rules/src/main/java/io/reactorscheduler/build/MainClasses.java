package io.reactorscheduler.build;

import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.LocationProvider;
import java.util.Set;

/** Lets ArchUnit see the main classes of the tested module and of no other. */
public final class MainClasses implements LocationProvider {

    @Override
    public Set<Location> get(Class<?> testClass) {
        return Set.of(Location.of(ModuleFiles.of(testClass).mainClasses()));
    }
}
