{{ mart() }}
-- One calendar for all accounts: whole years from the first to the last day of the facts, at most from twenty years before
-- `as_of` to five years after.
with days as (
    select {{ local_date(as_of()) }} as day
    union all
    {%- for mart, columns in {
        'learning360__facts_trainings': ['enrolled_date', 'start_date', 'started_date', 'completed_date', 'online_date'],
        'learning360__facts_registrations': ['slot_date'], 'learning360__facts_half_days': ['slot_date'],
        'learning360__kpi_slot_fill': ['slot_date'], 'learning360__facts_feedback': ['answered_date'],
        'learning360__renewals': ['expiry_date'],
    }.items() %}
    {%- for column in columns %}
    select {{ column }} as day from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

bounds as (
    select
        {{ year_start('min(day)') }} as first_day,
        {{ year_start('max(day)', 1) }} as after_last_day
    from days
    where day >= {{ year_start(local_date(as_of()), -20) }} and day < {{ year_start(local_date(as_of()), 6) }}
),

calendar as (
    select cast({{ later('day', 'cast(numbers.n - 1 as integer)', 'bounds.first_day') }} as date) as date_day, bounds.after_last_day
    from bounds
    cross join {{ numbers(9862) }}
),

parts as (
    select
        date_day,
        cast(extract(year from date_day) as bigint) as year,
        cast(extract(quarter from date_day) as bigint) as quarter,
        cast(extract(month from date_day) as bigint) as month_of_year,
        {{ month_of('date_day') }} as month,
        cast(extract(isoyear from date_day) as bigint) as iso_year,
        cast(extract(week from date_day) as bigint) as iso_week,
        cast(extract(isodow from date_day) as bigint) as weekday
    from calendar
    where date_day < after_last_day
)

select
    parts.date_day,
    parts.year,
    parts.quarter,
    'T' || cast(parts.quarter as text) || ' ' || cast(parts.year as text) as quarter_name,
    parts.month,
    parts.month_of_year,
    cast(months.label || ' ' || cast(parts.year as text) as text) as month_name,
    parts.iso_year,
    parts.iso_week,
    cast(parts.iso_year as text) || '-S' || right('0' || cast(parts.iso_week as text), 2) as week_name,
    parts.weekday,
    cast(weekdays.label as text) as weekday_name,
    parts.weekday > 5 as is_weekend,
    {{ fiscal_year('parts.date_day') }} as fiscal_year
from parts
left join {{ ref('learning360__labels') }} as months on months.kind = 'month' and months.code = cast(parts.month_of_year as text)
left join {{ ref('learning360__labels') }} as weekdays on weekdays.kind = 'weekday' and weekdays.code = cast(parts.weekday as text)
