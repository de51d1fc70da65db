{{ stage('user_custom_links', key=['_id'], columns=[
    ['_id', 'user_custom_link_id', 'text'],
    ['userId', 'user_id', 'text'],
    ['customLinkId', 'custom_link_id', 'text'],
    ['url', 'url', 'text'],
]) }}
