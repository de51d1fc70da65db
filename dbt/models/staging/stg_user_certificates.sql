{{ stage('user_certificates', key=['_id'], columns=[
    ['_id', 'certificate_id', 'text'],
    ['userId', 'user_id', 'text'],
    ['deliveryDate', 'delivery_at', 'timestamp'],
    ['expirationDate', 'expiration_at', 'timestamp'],
    ['title', 'title', 'text'],
    ['validityPeriod', 'validity_months', 'number'],
    ['certificateOutlineId', 'certificate_outline_id', 'text'],
    ['type', 'type', 'text'],
    ['pathId', 'path_id', 'text'],
    ['pathName', 'path_name', 'text'],
    ['pathSessionId', 'session_id', 'text'],
]) }}
