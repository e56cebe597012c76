"""What answers at run time: content, coach, Alexa edge, progress, web application and virtual Echo."""
