{#-
  numerator / denominator, rounded half up to `decimals`; NULL for a denominator of 0. Both are non-negative whole
  numbers. Computed in whole numbers, so that every engine returns the same last digit.
-#}
{% macro ratio(numerator, denominator, decimals, precision=18) %}
{%- set scale = 10 ** decimals %}
{%- set last_digit = '0.' ~ '0' * (decimals - 1) ~ '1' %}
{%- set part = whole_part(
    '2 * ' ~ scale ~ ' * cast(' ~ numerator ~ ' as bigint) + cast(' ~ denominator ~ ' as bigint)',
    '2 * nullif(cast(' ~ denominator ~ ' as bigint), 0)'
) %}
{{- return('cast(' ~ part ~ ' * ' ~ last_digit ~ ' as numeric(' ~ precision ~ ', ' ~ decimals ~ '))') }}
{% endmacro %}

{% macro whole_part(numerator, denominator) %}{{ return(adapter.dispatch('whole_part')(numerator, denominator)) }}{% endmacro %}

{% macro default__whole_part(numerator, denominator) %}{{ return('((' ~ numerator ~ ') / (' ~ denominator ~ '))') }}{% endmacro %}

{% macro duckdb__whole_part(numerator, denominator) %}{{ return('((' ~ numerator ~ ') // (' ~ denominator ~ '))') }}{% endmacro %}

{% macro rate(numerator, denominator) %}{{ return(ratio(numerator, denominator, 4, 9)) }}{% endmacro %}

{% macro average(total, count) %}{{ return(ratio(total, count, 2, 9)) }}{% endmacro %}

{% macro minutes(milliseconds) %}{{ return(ratio(milliseconds, 60000, 2)) }}{% endmacro %}

{% macro hours(milliseconds) %}{{ return(ratio(milliseconds, 3600000, 2)) }}{% endmacro %}
