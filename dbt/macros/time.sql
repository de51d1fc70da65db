{#- The instant that separates past from coming, in UTC. -#}
{% macro as_of() %}
{%- if var('as_of') %}{{ return("cast('" ~ var('as_of') ~ "' as timestamp)") }}{% endif %}
{{- return("cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)") }}
{% endmacro %}

{#- An instant in UTC as local time in `time_zone`. -#}
{% macro local_time(instant) %}
{{- return("((" ~ instant ~ ") at time zone 'UTC' at time zone '" ~ var('time_zone') ~ "')") }}
{% endmacro %}

{% macro local_date(instant) %}{{ return('cast(' ~ local_time(instant) ~ ' as date)') }}{% endmacro %}

{% macro local_month(instant) %}{{ return("cast(date_trunc('month', " ~ local_time(instant) ~ ") as date)") }}{% endmacro %}

{% macro timing(start_at, end_at) %}
{{- return("case when " ~ end_at ~ " < " ~ as_of() ~ " then 'past' when " ~ start_at ~ " > " ~ as_of() ~ " then 'coming' else 'running' end") }}
{% endmacro %}

{% macro milliseconds_between(start_at, end_at) %}
{{- return("cast(round(extract(epoch from (" ~ end_at ~ " - " ~ start_at ~ ")) * 1000) as bigint)") }}
{% endmacro %}
