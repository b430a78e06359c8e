package io.reactorscheduler.build;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What main code never does, as ArchUnit rules; method references count as calls. */
public final class HouseRules {

    private static final int MAX_PARAMETERS = 5;

    @ArchTest
    public static final ArchRule TIME_IS_THE_INJECTED_SCHEDULERS = noClasses()
            .should()
            .accessTargetWhere(member("java.time.Instant", "now")
                    .or(member("java.time.LocalDate", "now"))
                    .or(member("java.time.LocalTime", "now"))
                    .or(member("java.time.LocalDateTime", "now"))
                    .or(member("java.time.OffsetDateTime", "now"))
                    .or(member("java.time.ZonedDateTime", "now"))
                    .or(member("java.time.Clock", "system.*|tick(Millis|Seconds|Minutes)"))
                    .or(member("java.lang.System", "currentTimeMillis|nanoTime")))
            .because("time comes only from the injected Reactor Scheduler, so that virtual time works");

    @ArchTest
    public static final ArchRule NOTHING_BLOCKS = noClasses()
            .should()
            .accessTargetWhere(member("java.lang.Thread", "sleep")
                    .or(member("reactor.core.publisher.Mono", "block.*"))
                    .or(member("reactor.core.publisher.Flux", "block.*|toIterable|toStream")))
            .because("nothing in the scheduler blocks a thread");

    @ArchTest
    public static final ArchRule STREAMS_ARE_JOINED_WITHOUT_LOSS = noClasses()
            .should()
            .accessTargetWhere(member("reactor.core.publisher.Flux", "concatWith.*|startWith|thenMany")
                    .or(member("reactor.core.publisher.Mono", "concatWith|thenMany"))
                    .or(member("reactor.core.publisher.Flux", "concat(DelayError)?")
                            .and(DescribedPredicate.describe("of an array", HouseRules::takesAnArray))))
            .because("in Reactor 3.8 all of these join an array of sources, where what is requested while one ends with"
                    + " nothing may get lost, and the stream stands still; Flux.concat(List.of(...)) does not lose it");

    @ArchTest
    public static final ArchRule THREADS_ARE_THE_INJECTED_SCHEDULERS = noClasses()
            .should()
            .accessTargetWhere(member("java.lang.Thread", "<init>|startVirtualThread|of(Virtual|Platform)")
                    .or(member("java.util.Timer", "<init>"))
                    .or(member("java.util.concurrent.ThreadPoolExecutor", "<init>"))
                    .or(member("java.util.concurrent.ForkJoinPool", "<init>|commonPool"))
                    .or(member("java.util.concurrent.Executors", ".*")))
            .because("the engine has no thread of its own");

    @ArchTest
    public static final ArchRule CONSTRUCTORS_ARE_SMALL = constructors()
            .should(haveAtMostFiveParameters())
            .because("more belong in a config record")
            .allowEmptyShould(true);

    @ArchTest
    public static final ArchRule NO_FIELD_IS_PUBLIC = fields().that(
                    DescribedPredicate.describe("are not constants", HouseRules::isNoConstant))
            .should()
            .notBePublic()
            .because("state is private and values are read through methods")
            .allowEmptyShould(true);

    private HouseRules() {}

    /** Any access, by call or by method reference, to a member of the type or of a subtype. */
    private static DescribedPredicate<JavaAccess<?>> member(String type, String nameRegex) {
        return DescribedPredicate.describe(
                type + "." + nameRegex,
                access -> access.getTarget().getName().matches(nameRegex)
                        && access.getTargetOwner().isAssignableTo(type));
    }

    private static boolean takesAnArray(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget target
                && target.getRawParameterTypes().stream().anyMatch(JavaClass::isArray);
    }

    private static ArchCondition<JavaConstructor> haveAtMostFiveParameters() {
        return new ArchCondition<>("have at most " + MAX_PARAMETERS + " parameters unless canonical for a record") {
            @Override
            public void check(JavaConstructor constructor, ConditionEvents events) {
                int parameters = constructor.getRawParameterTypes().size() - hiddenParameters(constructor.getOwner());
                if (parameters > MAX_PARAMETERS && !isCanonical(constructor)) {
                    events.add(SimpleConditionEvent.violated(
                            constructor, constructor.getDescription() + " has " + parameters + " parameters"));
                }
            }
        };
    }

    /** Parameters that javac adds: name and ordinal of an enum constant, the outer instance, captured variables. */
    private static int hiddenParameters(JavaClass owner) {
        if (owner.isEnum()) {
            return 2;
        }
        if (owner.isAnonymousClass() || owner.isLocalClass()) {
            return Integer.MAX_VALUE;
        }
        boolean inner = owner.isInnerClass() && !owner.getModifiers().contains(JavaModifier.STATIC);
        return inner ? 1 : 0;
    }

    private static boolean isCanonical(JavaConstructor constructor) {
        if (!constructor.getOwner().isRecord()) {
            return false;
        }
        List<String> components = Arrays.stream(constructor.getOwner().reflect().getRecordComponents())
                .map(RecordComponent::getType)
                .map(Class::getName)
                .toList();
        return components.equals(constructor.getRawParameterTypes().stream()
                .map(JavaClass::getName)
                .toList());
    }

    private static boolean isNoConstant(JavaField field) {
        return !field.getModifiers().containsAll(Set.of(JavaModifier.STATIC, JavaModifier.FINAL));
    }
}
