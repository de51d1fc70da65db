{#- The instant that separates past from coming, in UTC. -#}
{% macro as_of() %}
{%- set wanted = var('learning360_as_of') | default('', true) | string %}
{%- if wanted %}
    {%- if not modules.re.match('[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?Z?)?$', wanted) %}
        {%- do exceptions.raise_compiler_error(
            "The variable learning360_as_of is " ~ wanted ~ ": write an instant in UTC without offset, such as 2026-11-02 08:00:00."
        ) %}
    {%- endif %}
    {{- return("cast('" ~ wanted | replace('T', ' ') | replace('Z', '') ~ "' as timestamp)") }}
{%- endif %}
{{- return("cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)") }}
{% endmacro %}

{#- Whether something dated so was there at `as_of`: all of it if the variable is empty; what has no date was. -#}
{% macro was_there(instant) %}
{%- if not var('learning360_as_of') %}{{ return('true') }}{% endif %}
{{- return('coalesce(' ~ instant ~ ' <= ' ~ as_of() ~ ', true)') }}
{% endmacro %}

{#- Whether something happened after `as_of`; never if the variable is empty. -#}
{% macro came_later(instant) %}
{%- if not var('learning360_as_of') %}{{ return('false') }}{% endif %}
{{- return('coalesce(' ~ instant ~ ' > ' ~ as_of() ~ ', false)') }}
{% endmacro %}

{#- An instant if it is not later than `as_of`. -#}
{% macro so_far(instant) %}
{{- return('case when not ' ~ came_later(instant) ~ ' then ' ~ instant ~ ' end') }}
{% endmacro %}

{#- An instant in UTC as local time in `learning360_time_zone`. -#}
{% macro local_time(instant) %}{{ return(at_zone(instant, literal(var('learning360_time_zone') or 'Europe/Paris'))) }}{% endmacro %}

{% macro local_date(instant) %}{{ return('cast(' ~ local_time(instant) ~ ' as date)') }}{% endmacro %}

{#- The first day of the month of a date or a local time. -#}
{% macro month_of(moment) %}{{ return('cast(' ~ dbt.date_trunc('month', moment) ~ ' as date)') }}{% endmacro %}

{#- The first day of the year of a date, or of a later year. -#}
{% macro year_start(day, years=0) %}{{ return('cast(' ~ dbt.date_trunc('year', later('year', years, day)) ~ ' as date)') }}{% endmacro %}

{#- A moment so many seconds, days, months or years later. -#}
{% macro later(unit, count, moment) %}{{ return(dbt.dateadd(unit, count, moment)) }}{% endmacro %}

{% macro local_month(instant) %}{{ return(month_of(local_time(instant))) }}{% endmacro %}

{#- past, coming or running: a session without end is running from its start on. -#}
{% macro timing(start_at, end_at) %}
{{- return("case when " ~ end_at ~ " < " ~ as_of() ~ " then 'past' when " ~ start_at ~ " > " ~ as_of() ~ " then 'coming' else 'running' end") }}
{% endmacro %}

{% macro milliseconds_between(start_at, end_at) %}
{{- return('cast(round(' ~ seconds_between(start_at, end_at) ~ ' * 1000) as bigint)') }}
{% endmacro %}

{#- The first instant that counts and the first one after those that count: others are mistakes, such as the year 3206. -#}
{% macro first_instant() %}{{ return("cast('1900-01-01' as timestamp)") }}{% endmacro %}
{% macro end_of_time() %}{{ return("cast('2200-01-01' as timestamp)") }}{% endmacro %}

{% macro plausible(instant) %}
{{- return('case when ' ~ instant ~ ' >= ' ~ first_instant() ~ ' and ' ~ instant ~ ' < ' ~ end_of_time() ~ ' then ' ~ instant ~ ' end') }}
{% endmacro %}

{#- A date or an instant in a text, such as 2026-01-05T08:00:00.000Z, in UTC; NULL if it is none. -#}
{% macro instant_of_text(text) %}
{%- set day = '(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
{%- set time = '[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?' %}
{%- set zone = '(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?' %}
{%- set with_seconds = "substr(" ~ text ~ ", 1, 16) || case when substr(" ~ text ~ ", 17, 1) = ':' then '' else ':00' end || substr(" ~ text ~ ", 17)" %}
{%- set with_zone = with_seconds ~ " || case when " ~ matches(text, '(Z|[+-][0-9]{2}:?[0-9]{2})$') ~ " then '' else 'Z' end" %}
{{- return(
    "case when " ~ matches(text, '^' ~ day ~ '(' ~ time ~ zone ~ ')?$')
    ~ " and not " ~ matches(text, '^....-(02-3|(04|06|09|11)-31)')
    ~ " and not (" ~ matches(text, '^....-02-29') ~ " and cast(substr(" ~ text ~ ", 1, 4) as integer) % 4 > 0)"
    ~ " and not " ~ matches(text, '^(19|21)00-02-29')
    ~ " then " ~ parsed_instant("case when length(" ~ text ~ ") = 10 then " ~ text ~ " || ' 00:00:00Z' else " ~ with_zone ~ " end") ~ " end"
) }}
{% endmacro %}

{#- A custom field of type date as a day in `learning360_time_zone`: `1985-05-11T22:00:00.000Z` is 12 May in Paris. -#}
{% macro day_of_text(text) %}
{{- return(
    "case when length(" ~ text ~ ") = 10 then cast(" ~ plausible(instant_of_text(text)) ~ " as date) else "
    ~ local_date(plausible(instant_of_text(text))) ~ " end"
) }}
{% endmacro %}

{#- The milliseconds of a slot; NULL if they are negative or above a thousand hours, which is a mistake. -#}
{% macro slot_duration(milliseconds) %}
{{- return('case when ' ~ milliseconds ~ ' between 0 and 3600000000 then ' ~ milliseconds ~ ' end') }}
{% endmacro %}
