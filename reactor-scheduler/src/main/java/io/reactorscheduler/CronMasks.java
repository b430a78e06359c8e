package io.reactorscheduler;

import com.cronutils.model.field.CronField;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.field.expression.And;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.model.field.expression.QuestionMark;
import com.cronutils.model.field.value.FieldValue;
import com.cronutils.model.field.value.IntegerFieldValue;
import com.cronutils.model.field.value.SpecialChar;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes bit masks of the fields that cron-utils has parsed.
 *
 * <p>A range whose end is less than its start wraps around, as in {@code FRI-MON}, and its step, if it has one, goes on
 * through the wrap. Weekdays are numbered here with Sunday as 0, whatever the dialect calls it.
 */
final class CronMasks {

    private static final Range SIXTY = new Range(0, 59, 60);
    private static final Range HOURS = new Range(0, 23, 24);
    private static final Range MONTH_DAYS = new Range(1, 31, 31);
    private static final Range MONTHS = new Range(1, 12, 12);
    private static final Range SUNDAY_IS_0_OR_7 = new Range(0, 7, 7);
    private static final Range SUNDAY_IS_1 = new Range(1, 7, 7);
    private static final Range YEARS = new Range(1970, 2099, 130);

    private static final int SUNDAY = 0;
    private static final int SATURDAY = 6;

    /** What cron-utils has for the weekday of a bare {@code L} and for the n of an {@code L} without {@code -n}. */
    private static final int NOT_GIVEN = -1;

    private CronMasks() {}

    /** The least value of a field, the greatest, and the number of different ones. */
    private record Range(int first, int last, int cycle) {
        int normal(int value) {
            return first + (value - first) % cycle;
        }
    }

    /** The masks of an expression whose fields are all in range. */
    static CronFields of(Map<CronFieldName, CronField> parsed, Cron.Dialect dialect) {
        FieldExpression second = expression(parsed, CronFieldName.SECOND);
        FieldExpression year = expression(parsed, CronFieldName.YEAR);
        return new CronFields(
                second == null ? 1 : mask(second, SIXTY),
                mask(required(parsed, CronFieldName.MINUTE), SIXTY),
                (int) mask(required(parsed, CronFieldName.HOUR), HOURS),
                new CronDates(
                        (int) mask(required(parsed, CronFieldName.MONTH), MONTHS),
                        days(
                                required(parsed, CronFieldName.DAY_OF_MONTH),
                                required(parsed, CronFieldName.DAY_OF_WEEK),
                                dialect),
                        year == null || isUnrestricted(year) ? null : values(year, YEARS)));
    }

    private static @Nullable FieldExpression expression(Map<CronFieldName, CronField> parsed, CronFieldName name) {
        CronField field = parsed.get(name);
        return field == null ? null : field.getExpression();
    }

    private static FieldExpression required(Map<CronFieldName, CronField> parsed, CronFieldName name) {
        FieldExpression expression = expression(parsed, name);
        if (expression == null) {
            throw new IllegalStateException("no field " + name);
        }
        return expression;
    }

    private static boolean isUnrestricted(FieldExpression expression) {
        return expression instanceof Always || expression instanceof QuestionMark;
    }

    private static List<FieldExpression> alternatives(FieldExpression expression) {
        return expression instanceof And and ? and.getExpressions() : List.of(expression);
    }

    private static int[] days(FieldExpression ofMonth, FieldExpression ofWeek, Cron.Dialect dialect) {
        boolean eitherMatches = dialect == Cron.Dialect.UNIX && !isUnrestricted(ofMonth) && !isUnrestricted(ofWeek);
        Range weekdays = dialect == Cron.Dialect.QUARTZ ? SUNDAY_IS_1 : SUNDAY_IS_0_OR_7;
        int[] days = new int[CronDates.MONTH_KINDS];
        for (int length = CronDates.SHORTEST_MONTH; length <= 31; length++) {
            for (int first = 0; first < CronDates.WEEK; first++) {
                int month = 0;
                for (FieldExpression alternative : alternatives(ofMonth)) {
                    month |= daysOfMonth(alternative, length, first);
                }
                int week = 0;
                for (FieldExpression alternative : alternatives(ofWeek)) {
                    week |= daysOfWeek(alternative, weekdays, length, first);
                }
                days[CronDates.kind(length, first)] = eitherMatches ? month | week : month & week;
            }
        }
        return days;
    }

    private static int daysOfMonth(FieldExpression expression, int length, int firstWeekday) {
        if (expression instanceof On on) {
            int day = on.getTime().getValue();
            int before = on.getNth().getValue();
            return switch (on.getSpecialChar().getValue()) {
                case L -> dayMask(before == NOT_GIVEN ? length : length - before, length);
                case W -> day > length ? 0 : dayMask(workdayNear(day, length, firstWeekday), length);
                case LW -> dayMask(workdayNear(length, length, firstWeekday), length);
                default -> dayMask(day, length);
            };
        }
        int all = (int) ((1L << length) - 1);
        return (int) (mask(expression, MONTH_DAYS) >>> 1) & all;
    }

    /** The day from Monday to Friday that is nearest in the same month. */
    private static int workdayNear(int day, int length, int firstWeekday) {
        int weekday = (firstWeekday + day - 1) % CronDates.WEEK;
        if (weekday == SATURDAY) {
            return day == 1 ? day + 2 : day - 1;
        }
        if (weekday == SUNDAY) {
            return day == length ? day - 2 : day + 1;
        }
        return day;
    }

    private static int daysOfWeek(FieldExpression expression, Range weekdays, int length, int firstWeekday) {
        if (expression instanceof On on && on.getSpecialChar().getValue() != SpecialChar.NONE) {
            if (on.getTime().getValue() == NOT_GIVEN) {
                return everyWeek(1L << SATURDAY, length, firstWeekday);
            }
            int weekday = weekdays.normal(on.getTime().getValue()) - weekdays.first();
            int earliest = 1 + Math.floorMod(weekday - firstWeekday, CronDates.WEEK);
            int weeks = on.getSpecialChar().getValue() == SpecialChar.HASH
                    ? on.getNth().getValue() - 1
                    : (length - earliest) / CronDates.WEEK;
            return dayMask(earliest + weeks * CronDates.WEEK, length);
        }
        return everyWeek(mask(expression, weekdays) >>> weekdays.first(), length, firstWeekday);
    }

    private static int everyWeek(long weekdays, int length, int firstWeekday) {
        int days = 0;
        for (int day = 1; day <= length; day++) {
            int weekday = (firstWeekday + day - 1) % CronDates.WEEK;
            days |= (int) ((weekdays >>> weekday) & 1) << (day - 1);
        }
        return days;
    }

    private static int dayMask(int day, int length) {
        return day >= 1 && day <= length ? 1 << (day - 1) : 0;
    }

    private static long mask(FieldExpression expression, Range range) {
        return values(expression, range).toLongArray()[0];
    }

    private static BitSet values(FieldExpression expression, Range range) {
        BitSet values = new BitSet();
        for (FieldExpression alternative : alternatives(expression)) {
            if (alternative instanceof Every every) {
                add(values, range, every.getExpression(), every.getPeriod().getValue());
            } else if (alternative instanceof On on) {
                values.set(range.normal(on.getTime().getValue()));
            } else {
                add(values, range, alternative, 1);
            }
        }
        return values;
    }

    private static void add(BitSet values, Range range, FieldExpression from, int step) {
        int first = range.first();
        int last = range.last();
        if (from instanceof On on) {
            first = on.getTime().getValue();
        } else if (from instanceof Between between) {
            first = number(between.getFrom());
            last = number(between.getTo());
            last = last < first ? last + range.cycle() : last;
        }
        for (int value = first; value <= last; value += step) {
            values.set(range.normal(value));
        }
    }

    private static int number(FieldValue<?> value) {
        if (value instanceof IntegerFieldValue integer) {
            return integer.getValue();
        }
        throw new IllegalStateException("not a number: " + value);
    }
}
