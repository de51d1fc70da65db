{#-
  numerator / denominator, rounded half up to `decimals`; NULL for a denominator of 0. Both are non-negative whole
  numbers. Computed in whole numbers, so that every engine returns the same last digit.
-#}
{% macro ratio(numerator, denominator, decimals, precision=18) %}
{%- set scale = 10 ** decimals %}
{%- set last_digit = '0.' ~ '0' * (decimals - 1) ~ '1' %}
{%- set part = whole_part(
    '2 * ' ~ scale ~ ' * ' ~ whole(numerator) ~ ' + ' ~ whole(denominator),
    '2 * nullif(' ~ whole(denominator) ~ ', 0)'
) %}
{{- return('cast(cast(' ~ part ~ ' as bigint) * ' ~ last_digit ~ ' as numeric(' ~ precision ~ ', ' ~ decimals ~ '))') }}
{% endmacro %}

{% macro rate(numerator, denominator) %}{{ return(ratio(numerator, denominator, 4, 9)) }}{% endmacro %}

{% macro average(total, count) %}{{ return(ratio(total, count, 2, 9)) }}{% endmacro %}

{% macro minutes(milliseconds) %}{{ return(ratio(milliseconds, 60000, 2)) }}{% endmacro %}

{% macro hours(milliseconds) %}{{ return(ratio(milliseconds, 3600000, 2)) }}{% endmacro %}

{#-
  The hours of a slot are shared by its sheets. Sums of such shares are exact for up to 22 sheets: each is counted in
  parts of `share_parts`, which every number up to 22 divides.
-#}
{% macro share_parts() %}{{ return(232792560) }}{% endmacro %}

{% macro shared(milliseconds, sheets) %}
{{- return(whole_part(whole(milliseconds) ~ ' * ' ~ share_parts(), whole(sheets))) }}
{% endmacro %}

{% macro hours_of_shares(shares) %}{{ return(ratio(shares, 3600000 * share_parts(), 2)) }}{% endmacro %}

{#- The whole milliseconds of one sheet of a slot; those of all its sheets add up to the slot's. -#}
{% macro sheet_ms(milliseconds, position, sheets) %}
{%- set up_to = whole(milliseconds) ~ ' * ' ~ whole(position) %}
{%- set before = whole(milliseconds) ~ ' * ' ~ whole('(' ~ position ~ ' - 1)') %}
{{- return('cast(' ~ whole_part(up_to, whole(sheets)) ~ ' - ' ~ whole_part(before, whole(sheets)) ~ ' as bigint)') }}
{% endmacro %}

{#- 1 or 0. -#}
{% macro counted(condition) %}{{ return('cast(case when ' ~ condition ~ ' then 1 else 0 end as bigint)') }}{% endmacro %}

{#- Hundredths of a percent as a percentage, or as a mark on the scale of `learning360_satisfaction_scale`. -#}
{% macro percentage(points, answers) %}{{ return(ratio(points, '100 * ' ~ answers, 2, 9)) }}{% endmacro %}

{% macro mark(points, answers) %}
{{- return(ratio(points ~ ' * ' ~ (var('learning360_satisfaction_scale') or 5), '10000 * ' ~ answers, 2, 9)) }}
{% endmacro %}

{#- Places that are not taken, 0 if more are taken than there are; NULL without a limit. -#}
{% macro seats_left(places, taken) %}
{{- return('cast(case when ' ~ places ~ ' > ' ~ taken ~ ' then ' ~ places ~ ' - (' ~ taken ~ ') when ' ~ places ~ ' is not null then 0 end as bigint)') }}
{% endmacro %}

{#- A number up to a million as a whole number of millionths; NULL beyond. -#}
{% macro millionths(number) %}
{{- return('case when ' ~ number ~ ' between -1000000 and 1000000 then cast(round(' ~ number ~ ' * 1000000) as bigint) end') }}
{% endmacro %}
